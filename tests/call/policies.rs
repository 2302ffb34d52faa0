//! What a call does in each kind of trouble.

use tutti::{
    call::{
        Call, Input, Limits, Need, Now, Phase,
        field::{
            OptionalField::{self, *},
            OptionalFields,
        },
        phase::PhaseKind,
        queue::QueueSettings,
    },
    model::{
        answer::Answer,
        http::Headers,
        provider::{Dialect::*, Quirks},
    },
};

use super::{
    bodies::{SPOKEN, finish, overloaded, ping, start, text},
    world::{End, Exchange, Player, WALL_MS, World, ended, play, play_alone, play_with},
};

pub fn whole(words: &str) -> Vec<u8> {
    [start(OpenaiChat), text(OpenaiChat, words), finish(OpenaiChat)].concat()
}

pub fn good() -> Exchange {
    Exchange::ok(whole("good"))
}

/// How it ends, and how many requests that takes.
pub fn check(script: Vec<Exchange>, expected: &str, requests: usize) -> Player {
    let player = play(script);
    assert_eq!((ended(&player).as_str(), player.sent.len()), (expected, requests));
    player
}

// Retries

#[test]
fn a_connection_that_breaks_before_the_first_byte_is_tried_once_more() {
    let broken = Exchange::no_connection();
    let player = check(vec![broken.clone(), good()], "Finished Stop", 2);
    use PhaseKind::*;
    let shown = [Queued, Connecting, Backoff, Queued, Connecting, Waiting, Streaming, Finished];
    assert_eq!(player.kinds(), shown);
    assert_eq!(player.call.summary(0).retries, 1);
    check(vec![broken], "Failed NetworkOrCors", 2);
    let after_headers = Exchange { pieces: vec![], ..Exchange::ok("").end(End::Reset) };
    check(vec![after_headers.clone(), good()], "Finished Stop", 2);
    check(vec![after_headers], "Failed ConnectionLost", 2);
}

#[test]
fn a_connection_that_breaks_after_the_first_byte_is_not() {
    check(vec![Exchange::ok(ping(OpenaiChat)).end(End::Reset), good()], "Failed ConnectionLost", 1);
    check(vec![Exchange::ok(start(OpenaiChat)).end(End::Reset), good()], "Failed ConnectionLost", 1);
}

#[test]
fn passing_troubles_are_tried_twice_more() {
    for status in [408, 409, 429, 500, 502, 503, 504, 529] {
        let bad = Exchange::status(status, "{}");
        let player = check(vec![bad.clone(), bad.clone(), good()], "Finished Stop", 3);
        assert_eq!(player.call.summary(0).retries, 2);
        assert!(player.waits()[0] <= 500 && player.waits()[1] <= 1_000, "{:?}", player.waits());
        assert_eq!(play(vec![bad]).sent.len(), 3, "{status}");
    }
}

#[test]
fn lasting_troubles_are_not_tried_again() {
    let check = |status, body: &str, expected| {
        check(vec![Exchange::status(status, body), good()], expected, 1);
    };
    check(401, r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#, "Failed Auth");
    check(403, r#"{"error":{"message":"not in your region"}}"#, "Failed Forbidden");
    check(404, r#"{"error":{"code":"model_not_found","message":"no such model"}}"#, "Failed Model");
    check(400, r#"{"error":{"code":"context_length_exceeded","message":"x"}}"#, "Failed TooLong");
    check(422, r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#, "Failed Request");
    check(429, r#"{"error":{"code":"insufficient_quota","message":"x"}}"#, "Failed Quota");
}

#[test]
fn the_server_may_say_whether_to_try_again() {
    let never = Exchange::status(503, "{}").with("x-should-retry", "false");
    check(vec![never, good()], "Failed Server", 1);
    let please = Exchange::status(400, "{}").with("x-should-retry", "true");
    check(vec![please, good()], "Finished Stop", 2);
}

#[test]
fn an_error_in_the_stream_is_tried_again_only_before_anything_readable() {
    for dialect in [OpenaiChat, AnthropicMessages, Gemini] {
        let early = Exchange::ok([start(dialect), overloaded(dialect)].concat());
        let late = Exchange::ok([text(dialect, "a"), overloaded(dialect)].concat());
        let good = Exchange::ok([start(dialect), text(dialect, "good"), finish(dialect)].concat());
        let played = play_with(dialect, Limits::default(), vec![early, good.clone()]);
        assert_eq!((ended(&played).as_str(), played.answer.text.as_str()), ("Finished Stop", "good"));
        assert_eq!(played.answer.error, None, "a retry leaves no trace");
        let played = play_with(dialect, Limits::default(), vec![late, good]);
        assert_eq!((played.answer.text.as_str(), played.sent.len()), ("a", 1), "{dialect:?}");
        assert_eq!(played.call.phase().kind(), PhaseKind::Truncated);
    }
}

#[test]
fn the_wait_that_the_provider_names_is_kept() {
    let check = |header: (&str, &str), body: &str, expected: std::ops::RangeInclusive<u64>| {
        let limited = Exchange::status(429, body).with(header.0, header.1);
        let player = play(vec![limited, good()]);
        assert_eq!(ended(&player), "Finished Stop", "{header:?}");
        assert!(expected.contains(&player.waits()[0]), "{header:?}: {:?}", player.waits());
    };
    let exactly = |ms| ms..=ms;
    check(("retry-after-ms", "1500"), "{}", exactly(1_500));
    check(("retry-after", "7"), "{}", exactly(7_000));
    check(("retry-after", "2.5"), "{}", exactly(2_500));
    check(("retry-after", "0"), "{}", exactly(1_000));
    check(("retry-after", "-5"), "{}", exactly(1_000));
    check(("retry-after", "60"), "{}", exactly(60_000));
    // The world begins on Sat, 01 Aug 2026 00:00:00 GMT, and the first reply comes 10 ms later.
    check(("retry-after", "Sat, 01 Aug 2026 00:00:09 GMT"), "{}", exactly(8_990));
    check(("retry-after", "Fri, 31 Jul 2026 00:00:00 GMT"), "{}", exactly(1_000));
    check(("retry-after", "soon"), "{}", exactly(1_000));
    check(("x", "y"), "{}", 0..=500);
    let gemini = r#"{"error":{"code":429,"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17s"}]}}"#;
    check(("x", "y"), gemini, exactly(17_000));
    let openai = r#"{"error":{"message":"Rate limit reached. Please try again in 800ms."}}"#;
    check(("x", "y"), openai, exactly(1_000));
}

#[test]
fn a_wait_of_more_than_a_minute_is_told_and_left_to_the_person() {
    let long = |value| Exchange::status(429, "{}").with("retry-after", value);
    let player = check(vec![long("61"), good()], "Failed RateLimit", 1);
    assert_eq!(player.error().unwrap().retry_after_ms, Some(61_000));
    let player = check(vec![long("Sat, 01 Aug 2026 01:00:00 GMT"), good()], "Failed RateLimit", 1);
    assert_eq!(player.error().unwrap().retry_after_ms, Some(3_600_000 - 10));
    // A minute in all, not each time.
    check(vec![long("40"), long("40"), good()], "Failed RateLimit", 2);
    check(vec![long("30"), long("30"), good()], "Finished Stop", 3);
}

#[test]
fn a_wait_named_on_a_good_reply_means_nothing() {
    let player = check(vec![good().with("retry-after", "30")], "Finished Stop", 1);
    assert_eq!(player.call.summary(0).total_ms, 10);
}

#[test]
fn the_queue_hears_of_too_many_requests() {
    let check = |script: Vec<Exchange>, expected| {
        let player = Player::new(OpenaiChat, Limits::default(), 1, script);
        let origin = player.origin.clone();
        let world = World::new(QueueSettings::default(), vec![player]).run();
        assert_eq!(world.queue.load(&origin), (0, expected));
    };
    check(vec![Exchange::status(429, "{}"), good()], 16);
    check(vec![Exchange::status(429, "{}")], 4);
    check(vec![Exchange::status(503, "{}"), good()], 32);
    check(vec![Exchange::status(429, r#"{"error":{"code":"insufficient_quota","message":"x"}}"#)], 32);
    let limited = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#;
    let stream = format!("event: error\ndata: {limited}\n\n");
    let mut player = Player::new(AnthropicMessages, Limits::default(), 1, vec![Exchange::ok(stream)]);
    player.limit = 8;
    let origin = player.origin.clone();
    assert_eq!(World::new(QueueSettings::default(), vec![player]).run().queue.load(&origin), (0, 1));
}

// A field that the provider does not know

const NO_TEMPERATURE: &str = r#"{"error":{"message":"Unsupported parameter: 'temperature' is not supported with this model.","type":"invalid_request_error","param":"temperature","code":"unsupported_parameter"}}"#;

/// A refusal of one more field.
fn refuses(field: &str) -> Exchange {
    let refusal = r#"{"error":{"message":"Unknown parameter: 'FIELD'.","param":"FIELD"}}"#;
    Exchange::status(400, refusal.replace("FIELD", field))
}

fn without(fields: &[OptionalField]) -> OptionalFields {
    fields.iter().copied().collect()
}

/// What each request left out.
fn all_left_out(player: &Player) -> Vec<Vec<OptionalField>> {
    player.sent.iter().map(|(_, without)| without.iter().collect()).collect()
}

#[test]
fn an_unsupported_optional_field_is_left_out_and_named() {
    let player = check(vec![Exchange::status(400, NO_TEMPERATURE), good()], "Finished Stop", 2);
    assert_eq!(player.sent[1].1, without(&[Temperature]));
    let summary = player.call.summary(0);
    assert_eq!((summary.without, summary.retries), (without(&[Temperature]), 0));
    let fastapi = r#"{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}"#;
    let player = check(vec![Exchange::status(422, fastapi), good()], "Finished Stop", 2);
    assert_eq!(player.sent[1].1, without(&[Seed]));
}

#[test]
fn one_field_after_the_other_is_left_out_up_to_four() {
    let refusals = ["top_k", "temperature", "seed", "stop"].map(refuses);
    let player = check([refusals.as_slice(), &[good()]].concat(), "Finished Stop", 5);
    let expected = [
        vec![],
        vec![TopK],
        vec![Temperature, TopK],
        vec![Temperature, TopK, Seed],
        vec![Temperature, TopK, Stop, Seed],
    ];
    assert_eq!(all_left_out(&player), expected);
    let summary = player.call.summary(0);
    assert_eq!((summary.without, summary.attempts, summary.retries), (player.sent[4].1, 5, 0));
    let fifth = [refusals.as_slice(), &[refuses("top_p"), good()]].concat();
    let player = check(fifth, "Failed Request", 5);
    assert_eq!(player.error().map(|error| error.message.as_str()), Some("Unknown parameter: 'top_p'."));
    assert_eq!(player.call.summary(0).without, without(&[Temperature, TopK, Seed, Stop]));
}

#[test]
fn a_field_that_is_refused_although_it_was_left_out_is_the_end() {
    check(vec![refuses("seed"), refuses("seed"), good()], "Failed Request", 2);
    check(vec![refuses("seed"), refuses("top_k"), refuses("seed"), good()], "Failed Request", 3);
}

#[test]
fn what_was_left_out_once_stays_left_out() {
    let player =
        check(vec![refuses("seed"), Exchange::status(503, ""), refuses("stop"), good()], "Finished Stop", 4);
    let expected = [vec![], vec![Seed], vec![Seed], vec![Stop, Seed]];
    assert_eq!(all_left_out(&player), expected);
    assert_eq!(player.call.summary(0).retries, 1);
}

// Stop

#[test]
fn stop_is_safe_at_any_moment_and_keeps_the_text() {
    let script = || {
        vec![
            Exchange::status(503, "{}").with("retry-after", "2"),
            Exchange::ok(text(OpenaiChat, "one ")).then(1_000, text(OpenaiChat, "two")).end(End::Silence),
        ]
    };
    for stops_ms in [0, 5, 10, 11, 500, 2_009, 2_011, 2_015, 2_020, 2_021, 2_500, 3_020, 3_021, 9_999] {
        let mut player = Player::new(OpenaiChat, Limits::default(), 1, script());
        player.stops_ms = Some(stops_ms);
        let player = play_alone(player);
        assert_eq!(player.call.phase(), &Phase::Stopped, "{stops_ms}");
        let text = match stops_ms {
            // A stop comes before what arrives at the same moment.
            0..=2_020 => "",
            2_021..=3_020 => "one ",
            _ => "one two",
        };
        assert_eq!(player.answer.text, text, "{stops_ms}");
        assert_eq!(player.call.summary(u64::MAX).total_ms, stops_ms);
    }
}

#[test]
fn nothing_is_heard_after_the_end() {
    let mut hand = Hand::connected();
    hand.bytes(10, &text(OpenaiChat, "a"));
    hand.feed(11, Input::Stop);
    let log = hand.call.log().len();
    hand.bytes(12, &text(OpenaiChat, "late"));
    for input in [Input::End, Input::Stop, Input::Tick, Input::SlotGranted] {
        hand.feed(9_000_000, input);
    }
    assert_eq!((hand.answer.text.as_str(), hand.call.log().len()), ("a", log));
    assert_eq!((hand.call.need(), hand.call.wake_at()), (Need::Nothing, None));
}

#[test]
fn stopping_after_the_finish_leaves_a_whole_answer() {
    for dialect in SPOKEN {
        let mut player = Player::new(
            dialect,
            Limits::default(),
            1,
            vec![Exchange::ok([text(dialect, "all"), finish(dialect)].concat()).end(End::Silence)],
        );
        player.stops_ms = Some(100);
        assert_eq!(ended(&play_alone(player)), "Finished Stop");
    }
}

#[test]
fn stopping_between_attempts_leaves_nothing_of_the_failed_one() {
    let early = Exchange::ok([start(AnthropicMessages), overloaded(AnthropicMessages)].concat());
    let mut player = Player::new(AnthropicMessages, Limits::default(), 3, vec![early]);
    player.stops_ms = Some(11);
    let player = play_alone(player);
    assert_eq!(player.kinds().iter().rev().nth(1), Some(&PhaseKind::Backoff));
    assert_eq!((player.answer, player.events), (Answer::default(), 0));
}

// Numbers

#[test]
fn times_are_measured_from_the_request_that_answered() {
    let answering =
        Exchange::ok(start(OpenaiChat)).then(300, text(OpenaiChat, "Hello")).then(700, finish(OpenaiChat));
    let refusing = Exchange::status(503, "").with("retry-after", "2");
    let player = check(vec![refusing, answering], "Finished Stop", 2);
    let summary = player.call.summary(u64::MAX);
    assert_eq!((summary.attempts, summary.retries), (2, 1));
    assert_eq!(
        (summary.first_byte_ms, summary.first_token_ms, summary.attempt_ms),
        (Some(10), Some(310), Some(1_010))
    );
    assert_eq!((summary.total_ms, summary.text_bytes), (10 + 2_000 + 1_010, 5));
}

#[test]
fn the_numbers_grow_while_an_answer_arrives() {
    let mut hand = Hand::connected();
    hand.bytes(400, &text(OpenaiChat, "Hello"));
    let summary = hand.call.summary(1_000);
    assert_eq!((summary.total_ms, summary.attempt_ms), (1_000, Some(1_000)));
    assert_eq!(summary.first_token_ms, Some(400));
}

/// A call in one's own hands.
pub struct Hand {
    pub call: Call,
    pub answer: Answer,
    pub wall_ahead_ms: i64,
}

impl Hand {
    /// Created, sent and answered with status 200, all at 0 ms.
    pub fn connected() -> Self {
        let now = Now { ms: 0, wall_ms: WALL_MS };
        let call = Call::new(OpenaiChat, Quirks::default(), Limits::default(), 1, now);
        let mut hand = Self { call, answer: Answer::default(), wall_ahead_ms: 0 };
        hand.feed(0, Input::SlotGranted);
        hand.feed(0, Input::Headers { status: 200, headers: &Headers::default() });
        hand
    }

    pub fn bytes(&mut self, ms: u64, bytes: &[u8]) {
        self.feed(ms, Input::Bytes(bytes));
    }

    pub fn feed(&mut self, ms: u64, input: Input) {
        let wall_ms = (WALL_MS + ms).saturating_add_signed(self.wall_ahead_ms);
        let mut events = Vec::new();
        self.call.handle(input, Now { ms, wall_ms }, &mut events);
        events.iter().for_each(|event| self.answer.apply(event));
    }
}
