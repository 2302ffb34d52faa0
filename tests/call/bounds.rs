//! How long a call waits, and how much it takes.

use tutti::{
    call::{Input, Limits, phase::PhaseKind},
    model::provider::Dialect::*,
};

use super::policies::{Hand, check, good, whole};
use super::{
    bodies::{finish, ping, start, text},
    world::{End, Exchange, ended, play_with},
};

// Silence

#[test]
fn a_model_may_think_for_ten_minutes() {
    let minutes = |n: u64| n * 60_000;
    let thinking = |ms| Exchange::ok(start(OpenaiChat)).then(ms, whole("at last"));
    check(vec![thinking(minutes(9))], "Finished Stop", 1);
    check(vec![thinking(minutes(11)), good()], "Failed Timeout", 1);
    let mut patient = Exchange::ok(start(OpenaiChat));
    for _ in 0..4 {
        patient = patient.then(minutes(9), ping(OpenaiChat));
    }
    check(vec![patient.then(minutes(9), whole("after 45 minutes"))], "Finished Stop", 1);
}

#[test]
fn no_headers_for_ten_minutes_is_the_end() {
    let slow = |connect_ms| Exchange { connect_ms, ..good() };
    check(vec![slow(599_000)], "Finished Stop", 1);
    check(vec![slow(601_000)], "Failed Timeout", 1);
}

#[test]
fn after_the_first_text_two_minutes_without_a_byte_are_the_end() {
    let hello = || Exchange::ok(text(OpenaiChat, "Hello"));
    check(vec![hello().then(119_000, finish(OpenaiChat))], "Finished Stop", 1);
    let player = check(vec![hello().then(121_000, finish(OpenaiChat))], "Truncated Timeout", 1);
    assert_eq!(player.answer.text, "Hello");
    let pinged = hello().then(100_000, ping(OpenaiChat)).then(100_000, finish(OpenaiChat));
    check(vec![pinged], "Finished Stop", 1);
}

#[test]
fn both_silences_can_be_set() {
    let limits = Limits { before_text_ms: 5_000, after_text_ms: 1_000, ..Limits::default() };
    let slow = vec![Exchange::ok("").then(6_000, whole("late"))];
    assert_eq!(ended(&play_with(OpenaiChat, limits.clone(), slow)), "Failed Timeout");
    let slow = vec![Exchange::ok(text(OpenaiChat, "a")).then(2_000, finish(OpenaiChat))];
    assert_eq!(ended(&play_with(OpenaiChat, limits, slow)), "Truncated Timeout");
}

#[test]
fn silence_is_hinted_at_after_fifteen_seconds() {
    let mut hand = Hand::connected();
    hand.bytes(1_000, &text(OpenaiChat, "a"));
    assert_eq!(hand.call.silent_ms(15_999), None);
    assert_eq!(hand.call.wake_at(), Some(16_000), "the hint needs a look at the clock");
    assert_eq!(hand.call.silent_ms(16_000), Some(15_000));
    hand.bytes(20_000, &ping(OpenaiChat));
    assert_eq!(hand.call.silent_ms(20_001), None);
    hand.feed(30_000, Input::Stop);
    assert_eq!(hand.call.silent_ms(90_000), None);
}

#[test]
fn sleep_is_noticed_and_what_was_on_its_way_still_counts() {
    let hour = 3_600_000;
    let asleep_in = |bytes: &[u8]| {
        let mut hand = Hand::connected();
        hand.bytes(1_000, bytes);
        // The monotonic clock stood for an hour.
        hand.wall_ahead_ms = hour;
        hand.feed(2_000, Input::Tick);
        hand
    };
    let mut dead = asleep_in(&text(OpenaiChat, "a"));
    assert_eq!(dead.call.phase().kind(), PhaseKind::Streaming);
    dead.feed(17_000, Input::Tick);
    assert_eq!(dead.call.phase().kind(), PhaseKind::Truncated);
    let mut thinking = asleep_in(&start(OpenaiChat));
    thinking.feed(17_000, Input::Tick);
    assert_eq!(thinking.call.phase().kind(), PhaseKind::Failed);
    let mut alive = asleep_in(&text(OpenaiChat, "a"));
    alive.bytes(10_000, &text(OpenaiChat, "b"));
    alive.feed(100_000, Input::Tick);
    alive.bytes(120_000, &finish(OpenaiChat));
    alive.feed(120_000, Input::End);
    assert_eq!((alive.call.phase().kind(), alive.answer.text.as_str()), (PhaseKind::Finished, "ab"));
}

#[test]
fn a_clock_that_jumps_a_year_breaks_nothing() {
    for jump in [365 * 24 * 3_600_000, -365 * 24 * 3_600_000_i64] {
        let mut hand = Hand::connected();
        hand.bytes(1_000, &text(OpenaiChat, "a"));
        hand.wall_ahead_ms = jump;
        hand.feed(2_000, Input::Tick);
        hand.feed(100_000, Input::Tick);
        assert_eq!(hand.call.phase().kind(), PhaseKind::Streaming, "{jump}");
        hand.bytes(100_000, &finish(OpenaiChat));
        hand.feed(100_000, Input::End);
        assert_eq!(hand.call.summary(0).total_ms, 100_000);
    }
}

// Caps

#[test]
fn what_is_too_large_is_cut_and_kept() {
    let check = |limits: Limits, expected: &str, least: usize| {
        let mut flood = Exchange::ok(start(OpenaiChat));
        for _ in 0..100 {
            flood = flood.then(1, text(OpenaiChat, &"x".repeat(100)));
        }
        let player = play_with(OpenaiChat, limits, vec![flood.end(End::Silence)]);
        assert_eq!(ended(&player), expected);
        let kept = player.answer.text.len();
        assert!(kept >= least && kept <= least + 100, "{kept} of {least}");
        player
    };
    let player = check(Limits { text_bytes: 1_000, ..Limits::default() }, "Truncated TooLarge", 1_000);
    assert_eq!(player.call.summary(0).text_bytes as usize, player.answer.text.len());
    let event = text(OpenaiChat, &"x".repeat(100)).len() as u64;
    let wire = start(OpenaiChat).len() as u64 + 10 * event + event / 2;
    let player = check(Limits { wire_bytes: wire, ..Limits::default() }, "Truncated TooLarge", 1_000);
    assert_eq!(player.call.summary(0).wire_bytes, wire);
    check(Limits { attempt_ms: 60, ..Limits::default() }, "Truncated Timeout", 4_900);
}

#[test]
fn a_line_without_an_end_is_cut() {
    let limits = Limits { line_bytes: 1_000, ..Limits::default() };
    let endless = |first: Vec<u8>| vec![Exchange::ok(first).then(1, "x".repeat(5_000))];
    let player = play_with(OpenaiChat, limits.clone(), endless(text(OpenaiChat, "kept")));
    assert_eq!((ended(&player).as_str(), player.answer.text.as_str()), ("Truncated TooLarge", "kept"));
    let player = play_with(OpenaiChat, limits, endless(vec![]));
    assert_eq!((ended(&player).as_str(), player.sent.len()), ("Failed TooLarge", 1));
}

#[test]
fn an_hour_is_enough() {
    let mut endless = Exchange::ok(text(OpenaiChat, "a"));
    for _ in 0..70 {
        endless = endless.then(60_000, ping(OpenaiChat));
    }
    let player = check(vec![endless.end(End::Silence)], "Truncated Timeout", 1);
    assert_eq!(player.call.summary(0).attempt_ms, Some(3_600_000));
}

#[test]
fn the_body_of_a_refusal_is_bounded_in_size_and_time() {
    let huge = Exchange::status(500, "x".repeat(400_000)).end(End::Silence);
    let player = check(vec![huge, good()], "Finished Stop", 2);
    assert!(player.sent[1].0 < 1_000, "{:?}", player.sent);
    let mut dripping = Exchange::status(401, "x").end(End::Silence);
    for _ in 0..100 {
        dripping = dripping.then(1_000, "x");
    }
    let player = check(vec![dripping], "Failed Auth", 1);
    assert_eq!(player.call.summary(0).attempt_ms, Some(15_010));
    let cut = Exchange::status(401, "{\"error\":").end(End::Reset);
    check(vec![cut, good()], "Failed Auth", 1);
}
