//! What is written when, step by step.

use super::{common::Random, comparisons};
use proptest::prelude::*;
use tutti::{
    grid::{
        comparison::{Comparison, Id, ReplyId, RoundId, reply::End},
        journal::{Journal, Next, answers_so_far, recover},
        record::{Act, Batch, Key, Whole, segment},
    },
    model::{
        answer::Answer,
        error::{ApiError, ErrorClass},
        event::{Citation, Delta, Finish, FinishReason, Opaque, StreamEvent, Usage},
        json::Json,
        provider::Dialect,
    },
};

use super::world::*;

fn text(text: &str) -> StreamEvent {
    StreamEvent::Delta(Delta::Text(text.to_owned()))
}

const REPLY: ReplyId =
    ReplyId { round: RoundId(0), column: tutti::grid::comparison::ColumnId(0), version: 0 };

#[test]
fn what_failed_is_written_before_what_came_since() {
    let mut journal = Journal::default();
    assert_eq!(journal.next(0), Next::Nothing);
    let first = journal.put(Batch::of([(Key::Head(ID), Json::Null)]));
    journal.push(ID, REPLY, &[text("a"), text("b")], 1);
    let Next::Write(batch) = journal.next(1) else { panic!() };
    assert_eq!(journal.next(1), Next::Nothing);
    let second = journal.put(Batch::of([(Key::Head(ID), Json::Bool(true))]).strict());
    journal.push(ID, REPLY, &[text("c")], 2);
    journal.failed(batch);
    assert!(!journal.is_written(first));
    let Next::Write(batch) = journal.next(2) else { panic!() };
    let keys = batch.acts.iter().map(|act| match act {
        Act::Put(key, record) => (*key, record.to_text()),
        other => panic!("{other:?}"),
    });
    let keys: Vec<_> = keys.collect();
    let piece = |number, text: &str| {
        (Key::Segment(ID, number), segment::to_json(&[(REPLY, vec![self::text(text)])]).to_text())
    };
    let head = |text: &str| (Key::Head(ID), text.to_owned());
    assert_eq!(keys, [piece(0, "ab"), head("true"), piece(1, "c")]);
    assert!(batch.is_strict && !journal.is_idle());
    journal.done();
    assert!(journal.is_written(first) && journal.is_written(second) && journal.is_idle());
}

#[test]
fn a_page_that_is_seen_waits_a_moment_and_a_prompt_waits_for_nothing() {
    let mut journal = Journal::new(100);
    journal.push(ID, REPLY, &[text("a")], 50);
    journal.push(ID, REPLY, &[text("b")], 90);
    assert_eq!(journal.next(90), Next::At(150));
    assert_eq!(journal.next(149), Next::At(150));
    let mut hidden = Journal::new(100);
    hidden.push(ID, REPLY, &[text("a")], 50);
    hidden.hold_ms = 0;
    assert!(matches!(hidden.next(51), Next::Write(_)));
    journal.put(Batch::of([(Key::Head(ID), Json::Null)]));
    let Next::Write(batch) = journal.next(91) else { panic!() };
    assert_eq!(batch.acts.len(), 2);
}

#[test]
fn an_answer_that_ended_takes_the_place_of_its_pieces() {
    let mut disk = Disk::default();
    let mut journal = Journal::default();
    let write = |journal: &mut Journal, disk: &mut Disk| {
        let Next::Write(batch) = journal.next(0) else { panic!() };
        disk.apply(&batch);
        journal.done();
    };
    journal.push(ID, REPLY, &[text("a")], 0);
    write(&mut journal, &mut disk);
    journal.push(ID, REPLY, &[text("b")], 0);
    write(&mut journal, &mut disk);
    assert_eq!(disk.0.len(), 2);
    journal.push(ID, REPLY, &[text("c")], 0);
    journal.end(ID, REPLY, Batch::of([(Key::Answer(ID, REPLY), Json::Null)]));
    write(&mut journal, &mut disk);
    assert_eq!(disk.0.keys().copied().collect::<Vec<_>>(), [Key::Answer(ID, REPLY)]);
}

#[test]
fn pieces_of_several_answers_are_one_record_until_the_last_of_them_has_ended() {
    let other = ReplyId { version: 1, ..REPLY };
    let mut disk = Disk::default();
    let mut journal = Journal::default();
    let mut write = |journal: &mut Journal| {
        let Next::Write(batch) = journal.next(0) else { panic!() };
        disk.apply(&batch);
        journal.done();
        let keys: Vec<Key> = disk.0.keys().copied().collect();
        let segments = disk.0.iter().filter(|(key, _)| matches!(key, Key::Segment(..)));
        let so_far = answers_so_far(segments.map(|(key, record)| (key.numbers()[0], record.clone())));
        (keys, so_far.into_values().map(|answer| answer.text).collect::<Vec<_>>())
    };
    let answer = |reply| Batch::of([(Key::Answer(ID, reply), Json::Null)]);
    journal.begin(ID, &[REPLY, other], Batch::default());
    journal.push(ID, REPLY, &[text("a")], 0);
    journal.push(ID, other, &[text("b")], 0);
    let (first, second) = (Key::Segment(ID, 0), Key::Segment(ID, 1));
    assert_eq!(write(&mut journal), (vec![first, second], vec!["a".to_owned(), "b".to_owned()]));
    journal.push(ID, REPLY, &[text("c")], 0);
    journal.end(ID, REPLY, answer(REPLY));
    let (keys, so_far) = write(&mut journal);
    assert_eq!((keys, so_far[1].as_str()), (vec![Key::Answer(ID, REPLY), first, second], "b"));
    journal.end(ID, other, answer(other));
    assert_eq!(write(&mut journal).0, [Key::Answer(ID, REPLY), Key::Answer(ID, other)]);
    // The next ones are counted from the first again.
    journal.begin(ID, &[REPLY], Batch::default());
    assert!(write(&mut journal).0.contains(&first));
}

#[test]
fn what_is_taken_away_takes_what_was_to_be_written_along() {
    let mut journal = Journal::default();
    journal.push(ID, REPLY, &[text("a")], 0);
    journal.push(Id(1), REPLY, &[text("b")], 0);
    journal.remove(ID);
    let Next::Write(batch) = journal.next(0) else { panic!() };
    let other = Act::Put(Key::Segment(Id(1), 0), segment::to_json(&[(REPLY, vec![text("b")])]));
    assert_eq!(batch.acts, [Act::Remove(ID), other]);
    assert!(batch.is_strict);
}

#[test]
fn only_the_last_of_several_records_is_written() {
    let put = |key, record: &'static str| Act::Put(key, record.into());
    let mut batch = Batch { is_strict: false, acts: vec![put(Key::Head(ID), "a"), Act::Remove(ID)] };
    batch.acts.extend([put(Key::Head(ID), "b"), put(Key::Head(Id(1)), "c")]);
    batch.join(Batch { is_strict: true, acts: vec![put(Key::Head(ID), "d")] });
    let kept =
        [put(Key::Head(ID), "a"), Act::Remove(ID), put(Key::Head(Id(1)), "c"), put(Key::Head(ID), "d")];
    assert_eq!(batch, Batch { is_strict: true, acts: kept.to_vec() });
}

#[test]
fn an_answer_that_was_there_is_not_hidden_by_one_that_never_came() {
    let mut world = World::new(Life { panels: 1, ..USUAL }, 0);
    world.ask();
    let good = Answer { text: "good".to_owned(), ..Answer::default() };
    world.comparison.reply_mut(REPLY).unwrap().over(End::Finished, &good);
    let again = world.comparison.begin(REPLY.round, REPLY.column, Vec::new(), None).unwrap();
    let mut whole = Whole { comparison: world.comparison, ..Whole::default() };
    recover(&mut whole, Vec::new());
    assert_eq!(whole.comparison.reply(again).unwrap().end, End::Cut);
    assert_eq!(whole.comparison.round(REPLY.round).unwrap().cell(REPLY.column).unwrap().chosen, 0);
}

#[test]
fn pieces_are_read_up_to_the_first_that_is_missing_or_damaged() {
    let piece = |number: u32, text: &str| (number, segment::to_json(&[(REPLY, vec![self::text(text)])]));
    let so_far = |pieces: Vec<(u32, Json<'static>)>| {
        answers_so_far(pieces).remove(&REPLY).map(|answer| answer.text).unwrap_or_default()
    };
    assert_eq!(so_far(vec![piece(1, "b"), piece(0, "a"), piece(2, "c")]), "abc");
    assert_eq!(so_far(vec![piece(0, "a"), piece(2, "c")]), "a");
    assert_eq!(so_far(vec![piece(1, "b")]), "");
    assert_eq!(so_far(vec![piece(0, "a"), (1, Json::Null), piece(2, "c")]), "a");
}

/// An open reply and its pieces, recovered.
fn recovered(events: &[StreamEvent]) -> (End, Answer) {
    let mut world = World::new(Life { panels: 1, ..USUAL }, 0);
    world.ask();
    let mut whole = Whole { comparison: world.comparison, ..Whole::default() };
    let record = segment::to_json(&[(REPLY, events.to_vec())]);
    let repair = recover(&mut whole, vec![(Key::Segment(ID, 0), record)]);
    assert!(repair.acts.contains(&Act::Clear(ID)));
    let reply = whole.comparison.reply(REPLY).unwrap();
    (reply.end, whole.answers[&REPLY].clone())
}

#[test]
fn a_reply_whose_end_was_seen_is_not_called_incomplete() {
    let finish = |unified| StreamEvent::Finish(FinishReason { unified, raw: None });
    let error = StreamEvent::Error(ApiError::new(ErrorClass::Server, "no"));
    let check = |events: &[StreamEvent], end| assert_eq!(recovered(events).0, end, "{events:?}");
    check(&[text("a")], End::Cut);
    check(&[], End::Cut);
    check(&[text("a"), finish(Finish::Stop)], End::Finished);
    check(&[text("a"), finish(Finish::Length)], End::Length);
    check(&[text("a"), error.clone()], End::Truncated);
    check(&[error], End::Failed);
}

#[test]
fn pieces_without_a_reply_that_waits_for_them_are_cleared() {
    let mut whole = Whole { comparison: Comparison::new(ID, 0), ..Whole::default() };
    let segments = vec![(Key::Segment(ID, 3), Json::Null), (Key::Segment(Id(1), 0), Json::Null)];
    let repair = recover(&mut whole, segments);
    assert_eq!(repair.acts.first(), Some(&Act::Clear(ID)));
    assert!(!repair.acts.contains(&Act::Clear(Id(1))));
}

/// One that may come after what the answer holds: decoders number without gaps.
fn event(random: &mut Random, answer: &Answer) -> StreamEvent {
    let item = Json::read(r#"{"a":[1.50],"s":"x"}"#).unwrap().into_owned();
    let words = comparisons::text(random);
    let part = random.below(3) as u32;
    match random.below(11) {
        0 | 1 => StreamEvent::Delta(Delta::Text(words)),
        2 => {
            let part = part.min(answer.reasoning.len() as u32);
            StreamEvent::Delta(Delta::Reasoning { part, text: words })
        }
        3 => StreamEvent::Delta(Delta::Refusal(words)),
        4 => {
            let (id, name) = (Some(words.clone()), (part == 0).then(|| words.clone()));
            let index = part.min(answer.tool_calls.len() as u32);
            StreamEvent::Delta(Delta::ToolCall { index, id, name, arguments: words })
        }
        5 => StreamEvent::Delta(Delta::Citation(Citation { source: words, title: None })),
        6 => StreamEvent::Opaque(Opaque { dialect: Dialect::Gemini, json: item }),
        7 => StreamEvent::Usage(Usage { cost_usd: Some(0.25), ..Usage::default() }),
        8 => StreamEvent::Finish(FinishReason { unified: Finish::Other, raw: Some(words) }),
        9 => StreamEvent::Error(ApiError::new(ErrorClass::Overloaded, words)),
        _ => StreamEvent::Start { id: Some(words), model: None },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    /// However the events are cut into segments, they add up to the same answer.
    #[test]
    fn segments_add_up_to_the_answer(seed in any::<u64>()) {
        let mut random = Random(seed);
        let (mut events, mut expected) = (Vec::new(), Answer::default());
        for _ in 0..random.below(40) {
            let event = event(&mut random, &expected);
            expected.apply(&event);
            events.push(event);
        }
        let mut journal = Journal::default();
        let mut disk = Disk::default();
        for event in &events {
            journal.push(ID, REPLY, std::slice::from_ref(event), 0);
            if random.below(3) == 0 && let Next::Write(batch) = journal.next(0) {
                disk.apply(&batch);
                journal.done();
            }
        }
        if let Next::Write(batch) = journal.next(0) {
            disk.apply(&batch);
        }
        let pieces = disk.0.into_iter().map(|(key, record)| (key.numbers()[0], record));
        let so_far = answers_so_far(pieces).remove(&REPLY).unwrap_or_default();
        prop_assert_eq!(so_far, expected);
    }
}

#[test]
fn a_page_that_ends_leaves_nothing_behind_for_what_is_under_way() {
    let mut journal = Journal::new(100);
    let first = journal.put(Batch::of([(Key::Head(ID), Json::Null)]));
    let Next::Write(_) = journal.next(0) else { panic!() };
    let second = journal.put(Batch::of([(Key::Comparison(ID), Json::Null)]));
    journal.push(ID, REPLY, &[text("a")], 0);
    let (batch, last) = journal.flush();
    assert_eq!(batch.acts.len(), 2);
    assert!(!journal.is_written(first));
    // The later one says the same of what came before it, in whatever order they are heard of.
    journal.flushed(last);
    assert!(journal.is_written(second));
    journal.done();
    assert!(journal.is_written(second) && journal.is_idle());
    // What could not be written then is written when the page comes back.
    journal.push(ID, REPLY, &[text("b")], 0);
    let (batch, _) = journal.flush();
    journal.put_back(batch.clone());
    assert_eq!(journal.next(0), Next::Write(batch));
}

#[test]
fn what_is_put_anew_takes_the_place_of_all_pieces_of_before() {
    let mut disk = Disk::default();
    let mut journal = Journal::default();
    journal.push(ID, REPLY, &[text("a")], 0);
    let Next::Write(batch) = journal.next(0) else { panic!() };
    disk.apply(&batch);
    journal.done();
    journal.push(ID, REPLY, &[text("b")], 0);
    let Next::Write(failed) = journal.next(0) else { panic!() };
    journal.push(ID, REPLY, &[text("c")], 0);
    journal.failed(failed);
    // The connection was lost, and what the store has is not known: "d" came meanwhile.
    let whole = [(REPLY, vec![text("abcd")])];
    journal.begin_anew(ID, &whole, Batch::of([(Key::Head(ID), Json::Null)]).strict());
    let Next::Write(batch) = journal.next(0) else { panic!() };
    disk.apply(&batch);
    journal.done();
    assert!(batch.is_strict && journal.is_idle());
    journal.push(ID, REPLY, &[text("e")], 0);
    let Next::Write(batch) = journal.next(0) else { panic!() };
    disk.apply(&batch);
    let segments = disk.0.into_iter().filter(|(key, _)| matches!(key, Key::Segment(..)));
    let so_far = answers_so_far(segments.map(|(key, record)| (key.numbers()[0], record)));
    assert_eq!(so_far[&REPLY].text, "abcde");
    // Where nothing is coming, nothing is left that says so.
    journal.done();
    journal.begin_anew(ID, &[], Batch::default());
    assert_eq!(journal.next(0), Next::Write(Batch { is_strict: false, acts: vec![Act::Clear(ID)] }));
}
