//! How each end of a body is judged.

use tutti::{
    call::{Limits, Phase, phase::PhaseKind},
    model::{
        error::ErrorClass,
        provider::Dialect::{self, *},
    },
};

use super::{
    bodies::{SPOKEN, finish, overloaded, ping, start, text},
    world::{End, Exchange, Player, ended, play, play_alone, play_with},
};

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

fn check(body: impl AsRef<[u8]>, end: End, expected: &str, expected_text: &str) -> Player {
    let player = play(vec![Exchange::ok(body).end(end)]);
    assert_eq!((ended(&player).as_str(), player.answer.text.as_str()), (expected, expected_text));
    player
}

#[test]
fn a_mark_of_the_end_makes_an_answer_whole_in_every_dialect() {
    for dialect in SPOKEN {
        let whole = body(&[start(dialect), text(dialect, "Hel"), text(dialect, "lo"), finish(dialect)]);
        for end in [End::Eof, End::Reset, End::Silence] {
            let script = vec![Exchange::ok(whole.clone()).end(end)];
            let player = play_with(dialect, Limits::default(), script);
            assert_eq!(ended(&player), "Finished Stop", "{dialect:?} {end:?}");
            assert_eq!(player.answer.text, "Hello");
            assert_eq!(player.sent.len(), 1);
        }
    }
}

#[test]
fn without_one_it_is_incomplete_in_every_dialect() {
    for dialect in SPOKEN {
        let half = body(&[start(dialect), text(dialect, "Hel")]);
        for (end, expected) in [
            (End::Eof, "Truncated"),
            (End::Reset, "Truncated ConnectionLost"),
            (End::Silence, "Truncated Timeout"),
        ] {
            let player = play_with(dialect, Limits::default(), vec![Exchange::ok(half.clone()).end(end)]);
            assert_eq!(ended(&player), expected, "{dialect:?} {end:?}");
            assert_eq!(player.answer.text, "Hel");
            assert_eq!(player.sent.len(), 1, "what a person has seen is not asked for again");
        }
    }
}

#[test]
fn done_and_the_finish_reason_each_suffice() {
    let stop = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    let hi = String::from_utf8(text(OpenaiChat, "Hi")).unwrap();
    check(format!("{hi}{stop}"), End::Eof, "Finished Stop", "Hi");
    check(format!("{hi}data: [DONE]\n\n"), End::Eof, "Finished Other", "Hi");
    check(format!("{hi}{stop}{stop}data: [DONE]\n\n"), End::Eof, "Finished Stop", "Hi");
    check(format!("{hi}data: [DONE]\n\n{hi}"), End::Eof, "Finished Other", "Hi");
}

#[test]
fn the_providers_own_word_is_kept() {
    let odd =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"quantum\"}]}\n\n";
    let player = check(odd, End::Eof, "Finished Other", "a");
    assert_eq!(player.answer.finish.and_then(|finish| finish.raw).as_deref(), Some("quantum"));
}

#[test]
fn finished_but_empty_is_complete() {
    check(body(&[start(OpenaiChat), finish(OpenaiChat)]), End::Eof, "Finished Stop", "");
}

#[test]
fn what_is_no_answer_fails() {
    check("", End::Eof, "Failed Empty", "");
    check(ping(OpenaiChat), End::Eof, "Failed Empty", "");
    check("<!doctype html><title>Sign in</title>", End::Eof, "Failed NotAStream", "");
    check("data: nope\n\ndata: nope\n\n", End::Eof, "Failed Protocol", "");
}

#[test]
fn one_bad_event_is_skipped_and_counted() {
    let bytes = body(&[text(OpenaiChat, "a"), b"data: nope\n\n".to_vec(), finish(OpenaiChat)]);
    let player = check(bytes, End::Eof, "Finished Stop", "a");
    assert_eq!(player.call.summary(0).skipped_events, 1);
}

#[test]
fn a_body_shorter_than_its_length_is_incomplete() {
    let script = Exchange::ok(text(OpenaiChat, "Hello")).with("content-length", "99999");
    assert_eq!(ended(&play(vec![script])), "Truncated ConnectionLost");
    let whole = body(&[text(OpenaiChat, "Hello"), finish(OpenaiChat)]);
    let script = Exchange::ok(whole).with("content-length", "99999");
    assert_eq!(ended(&play(vec![script])), "Finished Stop");
}

#[test]
fn an_error_after_text_keeps_the_text() {
    let bytes = body(&[text(OpenaiChat, "part"), overloaded(OpenaiChat)]);
    let player = check(bytes, End::Eof, "Truncated Server", "part");
    assert_eq!(player.answer.error.map(|error| error.class), Some(ErrorClass::Server));
}

#[test]
fn an_error_after_a_good_end_is_noted_only() {
    // What comes after `[DONE]` is not even read.
    let bytes = body(&[
        text(OpenaiChat, "all"),
        b"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n".to_vec(),
        overloaded(OpenaiChat),
    ]);
    check(bytes, End::Eof, "Finished Stop", "all");
}

#[test]
fn an_error_finish_speaks_with_the_words_of_the_error() {
    let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n";
    let with_words = "data: {\"error\":{\"code\":502,\"message\":\"Provider returned error\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n";
    let x = String::from_utf8(text(OpenaiChat, "x")).unwrap();
    let silent = check(format!("{x}{finish}"), End::Eof, "Truncated Server", "x");
    assert!(silent.error().unwrap().message.contains("error"));
    let spoken = check(format!("{x}{with_words}"), End::Eof, "Truncated Server", "x");
    assert!(spoken.error().unwrap().message.contains("Provider returned error"));
    // Before anything readable it is tried again, like a 502.
    assert_eq!(check(finish, End::Eof, "Failed Server", "").sent.len(), 3);
}

#[test]
fn a_connection_left_open_after_the_end_is_closed_soon() {
    let whole = body(&[text(OpenaiChat, "a"), finish(OpenaiChat)]);
    let player = play(vec![Exchange::ok(whole).end(End::Silence)]);
    assert_eq!(ended(&player), "Finished Stop");
    assert_eq!(player.call.summary(u64::MAX).total_ms, 15_010);
}

#[test]
fn a_finish_on_every_piece_does_not_end_the_answer_early() {
    let piece = |text: &str| {
        format!(
            "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"{text}\"}}]}},\"finishReason\":\"STOP\"}}]}}\n\n"
        )
    };
    let script = Exchange::ok(piece("one ")).then(9_000, piece("two ")).then(9_000, piece("three"));
    let player = play_with(Gemini, Limits::default(), vec![script]);
    assert_eq!((ended(&player).as_str(), player.answer.text.as_str()), ("Finished Stop", "one two three"));
}

#[test]
fn a_finish_on_every_piece_does_not_make_a_cut_answer_whole() {
    let piece = |text: &str| {
        let stop = r#""finishReason":"STOP""#;
        format!(
            "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"{text}\"}}]}},{stop}}}]}}\n\n"
        )
    };
    let two = || Exchange::ok(piece("one ")).then(9_000, piece("two "));
    let play = |script: Exchange, stops_ms| {
        let mut player = Player::new(Gemini, Limits::default(), 1, vec![script]);
        player.stops_ms = stops_ms;
        let player = play_alone(player);
        format!("{}: {}", ended(&player), player.answer.text)
    };
    assert_eq!(play(two().end(End::Reset), None), "Truncated ConnectionLost: one two ");
    assert_eq!(play(two().end(End::Silence), None), "Truncated Timeout: one two ");
    assert_eq!(play(two().end(End::Silence), Some(20_000)), "Stopped: one two ");
    assert_eq!(play(two().with("content-length", "99999"), None), "Truncated ConnectionLost: one two ");
    assert_eq!(play(two().then(1, overloaded(Gemini)), None), "Truncated Overloaded: one two ");
    assert_eq!(play(two().then(60_000, piece("three")), None), "Finished Stop: one two three");
    // Another reason is a mark of its own.
    let length = r#"data: {"candidates":[{"finishReason":"MAX_TOKENS"}]}"#.to_owned() + "\n\n";
    assert_eq!(play(two().then(1, length).end(End::Reset), None), "Finished Length: one two ");
    // One on the last piece is a mark as any.
    let single = || Exchange::ok(text(Gemini, "one ")).then(1, piece("two"));
    assert_eq!(play(single().end(End::Reset), None), "Finished Stop: one two");
    assert_eq!(play(single().end(End::Silence), Some(1_000)), "Finished Stop: one two");
}

#[test]
fn usage_after_the_finish_still_counts_and_absent_usage_stays_absent() {
    let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n";
    let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":7}}\n\n";
    let counted = check(format!("{finish}{usage}data: [DONE]\n\n"), End::Eof, "Finished Length", "");
    assert_eq!(counted.answer.usage.and_then(|usage| usage.raw.output), Some(7));
    assert_eq!(check(finish, End::Eof, "Finished Length", "").answer.usage, None);
}

#[test]
fn nul_in_text_becomes_visible() {
    let bytes = body(&[text(OpenaiChat, "a\0b"), finish(OpenaiChat)]);
    check(bytes, End::Eof, "Finished Stop", "a\u{fffd}b");
}

#[test]
fn reasoning_refusals_and_tool_calls_are_kept_like_text() {
    for delta in [
        "{\"reasoning_content\":\"hm\"}",
        "{\"refusal\":\"no\"}",
        "{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}",
    ] {
        let event = format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n");
        let player = play(vec![Exchange::ok(event).end(End::Reset)]);
        assert_eq!(ended(&player), "Truncated ConnectionLost", "{delta}");
        assert!(!player.answer.is_empty());
    }
}

#[test]
fn the_reason_is_the_same_in_the_phase_and_in_the_answer() {
    let check = |dialect, end: Vec<u8>| {
        let whole = body(&[text(dialect, "a"), end]);
        let player = play_with(dialect, Limits::default(), vec![Exchange::ok(whole)]);
        let reason = player.answer.finish.expect("a reason");
        assert_eq!(player.call.phase(), &Phase::Finished(reason), "{dialect:?}");
    };
    SPOKEN.into_iter().for_each(|dialect| check(dialect, finish(dialect)));
    check(OpenaiChat, b"data: [DONE]\n\n".to_vec());
}

#[test]
fn an_answer_in_one_piece_without_a_newline_is_read_at_its_end() {
    let mut whole = body(&[text(OllamaChat, "all")]);
    whole.pop();
    let player = play_with(OllamaChat, Limits::default(), vec![Exchange::ok(whole)]);
    assert_eq!((ended(&player).as_str(), player.answer.text.as_str()), ("Truncated", "all"));
    assert!(player.kinds().contains(&PhaseKind::Streaming));
    assert_eq!(player.call.summary(0).first_token_ms, Some(10));
}

#[test]
fn a_blocked_prompt_fails_without_a_retry() {
    let blocked = "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n";
    let player = play_with(Dialect::Gemini, Limits::default(), vec![Exchange::ok(blocked)]);
    assert_eq!((ended(&player).as_str(), player.sent.len()), ("Failed Blocked", 1));
}
