//! What the engine does over one call's life: the journal, stopping, trying again, breaking off.

#[path = "common/parts/mod.rs"]
mod parts;

use parts::{Connection, End, Entry, Exchange, Scripted, World, ask};
use tutti::{
    call::{
        field::OptionalField,
        phase::PhaseKind::{self, *},
    },
    engine::simulated::{
        Simulation,
        script::{Script, Section},
    },
    engine::transport::AttemptEnd,
    model::{chat::Message, provider::Dialect},
};

const GOOD: [PhaseKind; 5] = [Queued, Connecting, Waiting, Streaming, Finished];

fn whole_text(model: &str, prompt: &str) -> String {
    let script = Script::new(&Simulation::from_model(model), prompt);
    script.filter(|(section, _)| *section == Section::Text).map(|(_, token)| token).collect()
}

#[test]
fn a_request_is_committed_before_it_is_sent() {
    let mut world = World::wide();
    world.journal.commit_ms.set(300);
    let player = world.ask(Dialect::OpenaiChat, "sim-quick-fail429", "Why?");
    world.run_until(299);
    assert_eq!(*world.traffic.log.borrow(), ["asked to commit"]);
    world.run();
    assert_eq!(player.ended(), "Finished Stop");
    let one = ["asked to commit", "committed", "sent"];
    assert_eq!(*world.traffic.log.borrow(), [one, one].concat());
    let committed: Vec<u64> = player.entered(Connecting).iter().map(|begun| begun + 300).collect();
    assert_eq!(world.traffic.times(), committed);
    // What the journal took is not the provider's time.
    let seen = player.seen();
    let begun = player.entered(Streaming)[0] - committed[1];
    assert_eq!(seen.summary.first_token_ms, Some(begun));
}

#[test]
fn what_is_not_yet_committed_can_be_stopped_unsent() {
    let mut world = World::wide();
    world.journal.commit_ms.set(300);
    let mut player = world.ask(Dialect::OpenaiChat, "sim-quick", "Why?");
    world.run_until(100);
    player.stop();
    world.run();
    assert_eq!(player.seen().phases, [Queued, Connecting, Stopped]);
    assert!(world.traffic.times().is_empty());
}

#[test]
fn every_byte_is_taped_with_its_time_before_it_is_read() {
    for dialect in Dialect::ALL {
        let mut world = World::wide();
        let player = world.ask(dialect, "sim-thinker-mix-fail429", "Why?");
        world.run();
        assert_eq!(player.ended(), "Finished Stop");
        let sent = world.traffic.sent.borrow();
        assert_eq!(sent.len(), 2);
        for (attempt, sent) in (1..).zip(sent.iter()) {
            let chunks = world.journal.chunks(player.id, attempt);
            let taped: Vec<u8> = chunks.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
            assert!(taped == sent.bytes && !taped.is_empty(), "{} {attempt}", dialect.name());
            assert!(chunks.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        }
        // The call sees a piece at the very moment that is taped for it.
        let chunks = world.journal.chunks(player.id, 2);
        assert_eq!(player.entered(Finished), [chunks.last().unwrap().0]);
        let entries = world.journal.entries.borrow();
        let kinds = entries.iter().map(|entry| match entry {
            Entry::BeforeSend { attempt, .. } => format!("{attempt} before"),
            Entry::Sent { attempt, .. } => format!("{attempt} sent"),
            Entry::Headers { attempt, status, .. } => format!("{attempt} {status}"),
            Entry::Chunk { attempt, .. } => format!("{attempt} chunk"),
            Entry::End { attempt, end, .. } => format!("{attempt} {end:?}"),
        });
        let mut kinds: Vec<String> = kinds.collect();
        kinds.dedup();
        let refused = ["1 before", "1 sent", "1 429", "1 chunk", "1 Eof"];
        let answered = ["2 before", "2 sent", "2 200", "2 chunk", "2 Eof"];
        assert_eq!(kinds, [refused, answered].concat(), "{}", dialect.name());
    }
}

#[test]
fn a_stopped_answer_keeps_its_text_and_lets_the_next_one_begin() {
    let mut world = World::narrow();
    let mut first = world.ask(Dialect::AnthropicMessages, "sim-steady", "Why?");
    let second = world.ask(Dialect::AnthropicMessages, "sim-quick", "How?");
    world.run_until(2_000);
    assert_eq!((first.seen().phases.last(), second.seen().phases.last()), (Some(&Streaming), Some(&Queued)));
    let before = first.text();
    first.stop();
    world.settle();
    assert!(first.is_over());
    assert_eq!(first.seen().phases, [Queued, Connecting, Waiting, Streaming, Stopped]);
    assert_eq!(first.text(), before);
    assert_eq!(world.journal.ends(first.id), [(1, AttemptEnd::Aborted)]);
    let whole = whole_text("sim-steady", "Why?");
    assert!(whole.starts_with(&before) && before.len() > 50 && before.len() < whole.len());
    assert_eq!(world.traffic.states(), [Connection::Dropped, Connection::Open]);
    assert_eq!(second.entered(Connecting), [2_000]);
    world.run();
    assert_eq!(second.seen().phases, GOOD);
    assert_eq!(second.text(), whole_text("sim-quick", "How?"));
    assert_eq!(first.text(), before, "nothing comes after a stop");
}

#[test]
fn an_answer_that_is_dropped_ends_its_request_and_frees_its_slot() {
    let mut world = World::narrow();
    let first = world.ask(Dialect::OllamaChat, "sim-steady", "Why?");
    let second = world.ask(Dialect::OllamaChat, "sim-quick", "How?");
    world.run_until(2_000);
    first.abandon();
    world.settle();
    assert!(!first.is_over());
    assert_eq!(first.seen().phases.last(), Some(&Streaming), "nobody is told of an end");
    assert_eq!(world.traffic.states(), [Connection::Dropped, Connection::Open]);
    assert_eq!(second.entered(Connecting), [2_000]);
    world.run();
    assert_eq!(second.seen().phases, GOOD);
}

#[test]
fn dropping_a_call_that_waits_takes_it_out_of_the_line() {
    let mut world = World::narrow();
    let first = world.ask(Dialect::OllamaChat, "sim-quick", "Why?");
    let second = world.ask(Dialect::OllamaChat, "sim-quick", "How?");
    let third = world.ask(Dialect::OllamaChat, "sim-quick", "When?");
    world.run_until(500);
    assert_eq!(
        [&first, &second, &third].map(|player| world.engine.position(player.id)),
        [None, Some(0), Some(1)]
    );
    second.abandon();
    world.settle();
    assert_eq!([&second, &third].map(|player| world.engine.position(player.id)), [None, Some(0)]);
    world.run();
    assert_eq!(third.entered(Connecting), first.entered(Finished));
    assert_eq!(world.traffic.times().len(), 2);
}

#[test]
fn a_stop_while_it_waits_never_sends() {
    let mut world = World::narrow();
    let first = world.ask(Dialect::CohereV2, "sim-quick", "Why?");
    let mut second = world.ask(Dialect::CohereV2, "sim-quick", "How?");
    world.run_until(500);
    assert_eq!(second.seen().phases, [Queued]);
    second.stop();
    world.settle();
    assert!(second.is_over());
    assert_eq!(second.seen().phases, [Queued, Stopped]);
    world.run();
    assert_eq!(first.seen().phases, GOOD);
    assert_eq!(world.traffic.times().len(), 1);
    assert!(world.journal.entries.borrow().iter().all(|entry| entry.call() == first.id));
}

#[test]
fn a_stop_during_a_back_off_sends_nothing_more() {
    let mut world = World::wide();
    let mut player = world.ask(Dialect::AnthropicMessages, "sim-quick-fail429", "Why?");
    world.run_until(1_000);
    assert_eq!(player.seen().phases.last(), Some(&Backoff));
    player.stop();
    world.run();
    assert_eq!(player.seen().phases, [Queued, Connecting, Waiting, Backoff, Stopped]);
    assert_eq!(world.traffic.times().len(), 1);
    assert_eq!(world.clock.sleepers(), 0);
}

#[test]
fn a_lost_stop_handle_stops_nothing() {
    let mut world = World::wide();
    let mut player = world.ask(Dialect::OpenaiResponses, "sim-quick", "Why?");
    world.run_until(500);
    player.forget_stop_handle();
    world.run();
    assert_eq!(player.seen().phases, GOOD);
}

#[test]
fn a_back_off_gives_its_slot_away_and_waits_its_turn_again() {
    let mut world = World::narrow();
    let refused = world.ask(Dialect::AnthropicMessages, "sim-quick-fail429", "Why?");
    let second = world.ask(Dialect::AnthropicMessages, "sim-quick-n500", "How?");
    let third = world.ask(Dialect::AnthropicMessages, "sim-quick", "When?");
    world.run();
    let retried = [Queued, Connecting, Waiting, Backoff, Queued, Connecting, Waiting, Streaming, Finished];
    assert_eq!(refused.seen().phases, retried);
    assert_eq!((second.seen().phases, third.seen().phases), (GOOD.into(), GOOD.into()));
    // The second begins at the moment of the refusal; the retry stands behind whoever came before it.
    assert_eq!(refused.entered(Backoff), [60]);
    assert_eq!(second.entered(Connecting), [60]);
    assert_eq!(refused.entered(Queued), [0, 2_060]);
    assert_eq!(third.entered(Connecting), second.entered(Finished));
    assert_eq!(refused.entered(Connecting), [0, third.entered(Finished)[0]]);
    let summary = refused.seen().summary;
    assert_eq!((summary.attempts, summary.retries), (2, 1));
    assert_eq!(refused.text(), whole_text("sim-quick", "Why?"));
    assert_eq!(world.traffic.most_open.get(), 1);
}

#[test]
fn a_connection_that_breaks_leaves_the_text_so_far() {
    let mut world = World::wide();
    let words = ["Every", " good", " boy", " does", " fine."];
    let broken = world.ask_server("Why?", vec![Exchange::answer(&words, 20).broken_off(3, End::Reset)]);
    let cut = world.ask_server("Why?", vec![Exchange::answer(&words, 20).broken_off(3, End::Eof)]);
    world.run();
    assert_eq!(
        (broken.ended().as_str(), broken.text().as_str()),
        ("Truncated ConnectionLost", "Every good boy")
    );
    assert_eq!((cut.ended().as_str(), cut.text().as_str()), ("Truncated", "Every good boy"));
    assert_eq!(world.journal.ends(broken.id), [(1, AttemptEnd::Broken)]);
    assert_eq!(world.journal.ends(cut.id), [(1, AttemptEnd::Eof)]);
    assert_eq!([broken, cut].map(|player| player.seen().summary.attempts), [1, 1]);
}

#[test]
fn a_refused_key_fails_alone() {
    let mut world = World::wide();
    let before = world.ask(Dialect::Gemini, "sim-steady", "Why?");
    let refused = world.ask(Dialect::Gemini, "sim-steady-fail401", "Why?");
    let after = world.ask(Dialect::Mistral, "sim-thinker-ko", "Why?");
    world.run();
    assert_eq!(refused.ended(), "Failed Auth");
    assert_eq!(refused.seen().phases, [Queued, Connecting, Waiting, Failed]);
    assert!(refused.seen().answer.is_empty());
    assert_eq!(before.text(), whole_text("sim-steady", "Why?"));
    assert_eq!(after.text(), whole_text("sim-thinker-ko", "Why?"));
}

#[test]
fn an_unsupported_parameter_is_left_out_the_second_time() {
    let mut world = World::narrow();
    let refusal = r#"{"error":{"message":"Unsupported parameter: 'temperature' is not supported here.","type":"invalid_request_error","param":"temperature","code":"unsupported_parameter"}}"#;
    let exchanges = vec![Exchange::status(400, refusal), Exchange::answer(&["Fine."], 10)];
    let mut question = ask(Dialect::OpenaiChat, "model", "Why?");
    question.request.sampling.temperature = Some(0.5);
    question.request.sampling.seed = Some(4);
    let server = Scripted::new(&world.clock, exchanges);
    let player = world.start(question, server);
    let next = world.ask(Dialect::OpenaiChat, "sim-quick", "How?");
    world.run();
    assert_eq!((player.ended().as_str(), player.text().as_str()), ("Finished Stop", "Fine."));
    // It is no retry: nothing is waited for, and the slot stays.
    assert_eq!(player.seen().phases, [Queued, Connecting, Waiting, Connecting, Waiting, Streaming, Finished]);
    let summary = player.seen().summary;
    assert_eq!((summary.attempts, summary.retries), (2, 0));
    assert_eq!(summary.without.iter().collect::<Vec<_>>(), [OptionalField::Temperature]);
    assert_eq!(next.entered(Connecting), player.entered(Finished));
    let sent = world.traffic.sent.borrow();
    let bodies = sent.iter().take(2).map(|sent| sent.request.body.clone().unwrap());
    let bodies: Vec<serde_json::Value> = bodies.map(|body| serde_json::from_str(&body).unwrap()).collect();
    assert_eq!((&bodies[0]["temperature"], &bodies[0]["seed"]), (&0.5.into(), &4.into()));
    assert_eq!((bodies[1].get("temperature"), &bodies[1]["seed"]), (None, &4.into()));
    assert_eq!(bodies[0]["messages"], bodies[1]["messages"]);
    assert_eq!(sent[0].state, Connection::Ended);
}

#[test]
fn the_old_request_is_over_before_it_is_sent_without_the_field() {
    // The refusal says all that it has to say and stays open.
    let refusal = r#"{"error":{"message":"Unsupported parameter: 'seed'","param":"seed"}}"#;
    let open = Exchange { end: End::Silence, ..Exchange::status(400, refusal) };
    let mut world = World::wide();
    let mut question = ask(Dialect::OpenaiChat, "model", "Why?");
    question.request.sampling.seed = Some(4);
    let server = Scripted::new(&world.clock, vec![open, Exchange::answer(&["Fine."], 10)]);
    let player = world.start(question, server);
    world.run();
    assert_eq!(player.text(), "Fine.");
    assert_eq!(world.traffic.states(), [Connection::Dropped, Connection::Ended]);
    assert_eq!(world.traffic.most_open.get(), 1);
}

#[test]
fn no_connection_is_tried_once_more() {
    let mut world = World::wide();
    let back = world.ask_server("Why?", vec![Exchange::no_connection(), Exchange::answer(&["Here."], 5)]);
    let gone = world.ask_server("Why?", vec![Exchange::no_connection()]);
    world.run();
    assert_eq!((back.ended().as_str(), back.text().as_str()), ("Finished Stop", "Here."));
    assert_eq!(gone.ended(), "Failed NetworkOrCors");
    assert_eq!(gone.seen().summary.attempts, 2);
}

#[test]
fn what_cannot_be_written_is_never_sent() {
    let mut world = World::wide();
    let mut question = ask(Dialect::OpenaiChat, " ", "Why?");
    question.request.messages = vec![Message::user("Why?")];
    let server = Scripted::new(&world.clock, vec![Exchange::answer(&["No."], 5)]);
    let player = world.start(question, server);
    world.run();
    assert_eq!(player.ended(), "Failed Request");
    assert!(world.traffic.times().is_empty() && world.journal.entries.borrow().is_empty());
}

#[test]
fn silence_after_the_first_token_ends_the_answer_after_two_minutes() {
    for dialect in Dialect::ALL {
        let mut world = World::wide();
        let player = world.ask(dialect, "sim-quick-stall", "Why?");
        world.run_until(60_000);
        let (text, heard_ms) = (player.text(), world.journal.chunks(player.id, 1).last().unwrap().0);
        assert_eq!(player.seen().phases.last(), Some(&Streaming));
        world.run();
        assert_eq!(player.ended(), "Truncated Timeout", "{}", dialect.name());
        assert_eq!(player.entered(Truncated), [heard_ms + 120_000]);
        assert_eq!(player.text(), text);
        assert_eq!(world.traffic.states(), [Connection::Dropped]);
    }
}

#[test]
fn timers_are_kept_over_many_pieces() {
    let mut world = World::wide();
    let words = vec!["la "; 3_000];
    let player = world.ask_server("Sing!", vec![Exchange::answer(&words, 10)]);
    world.run();
    assert_eq!(player.text(), words.concat());
    assert_eq!(player.entered(Finished), [30_010]);
    // One at the beginning, and another whenever one has rung: every 15 seconds at the most.
    let timers = world.engine_clock.timers.get();
    assert!(timers <= 5, "{timers} timers");
    assert_eq!(world.clock.sleepers(), 0, "nothing is left behind");
}
