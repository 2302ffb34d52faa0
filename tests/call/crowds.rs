//! Hundreds of calls at once, to servers that fail at random. Every run repeats from its seed.

use std::ops::Range;

use tutti::{
    call::{
        Limits,
        field::OptionalFields,
        phase::{Phase, PhaseKind},
        queue::{Class, QueueSettings},
    },
    model::{
        http::BaseUrl,
        provider::Dialect::{self, OllamaChat},
    },
};

use crate::common::Random;

use super::{
    bodies::{SPOKEN, finish, overloaded, ping, start, text},
    world::{End, Exchange, Player, World},
};

/// Where calls go, and how many at once that provider bears.
const ORIGINS: [(&str, u16); 5] = [
    ("https://api.one.example", 32),
    ("https://api.two.example", 3),
    ("http://localhost:11434", 32),
    ("http://192.168.1.20:8000", 1),
    ("https://localhost:8443", 8),
];

/// The text that one attempt would bring, and after how many bytes of its body each piece is there.
#[derive(Default)]
struct Promise {
    text: String,
    pieces: Vec<(usize, usize)>,
}

impl Promise {
    fn text_after(&self, delivered: usize) -> &str {
        let whole = self.pieces.iter().rev().find(|(bytes, _)| *bytes <= delivered);
        &self.text[..whole.map_or(0, |(_, end)| *end)]
    }
}

fn pick<T: Copy>(random: &mut Random, from: &[T]) -> T {
    from[random.below(from.len())]
}

fn between(random: &mut Random, range: Range<u64>) -> u64 {
    range.start + random.next() % (range.end - range.start)
}

fn chance(random: &mut Random, percent: usize) -> bool {
    random.below(100) < percent
}

/// One attempt of call `id`: mostly a good answer, in pieces cut anywhere.
fn exchange(random: &mut Random, dialect: Dialect, id: usize, attempt: usize) -> (Exchange, Promise) {
    let connect_ms = between(random, 1..3_000);
    if chance(random, 35) {
        let status = pick(random, &[429, 429, 500, 503, 529, 408, 401, 400, 404, 422]);
        let body = pick(
            random,
            &[
                "{}",
                "",
                "<html>Bad gateway</html>",
                "{\"error\":{\"message\":\"Unsupported parameter: 'seed'\",\"param\":\"seed\"}}",
                "{\"error\":{\"message\":\"Please try again in 3s\"}}",
            ],
        );
        let (name, value) = pick(
            random,
            &[
                ("x", ""),
                ("retry-after", "3"),
                ("retry-after", "90"),
                ("retry-after", "soon"),
                ("retry-after-ms", "1"),
            ],
        );
        let refusal =
            if chance(random, 20) { Exchange::no_connection() } else { Exchange::status(status, body) };
        return (Exchange { connect_ms, ..refusal.with(name, value) }, Promise::default());
    }
    let mut promise = Promise::default();
    let mut body = start(dialect);
    for piece in 0..random.below(8) {
        let words = format!("[{id}.{attempt}.{piece} é漢👩‍💻]");
        body.extend(text(dialect, &words));
        promise.text.push_str(&words);
        // A JSON line counts as soon as it is whole, an event with the blank line after it.
        let there = if dialect == OllamaChat { body.len() - 1 } else { body.len() };
        promise.pieces.push((there, promise.text.len()));
        if chance(random, 10) {
            body.extend(ping(dialect));
        }
    }
    match random.below(10) {
        0 => body.extend(overloaded(dialect)),
        1 => body.truncate(random.below(body.len() + 1)),
        _ => body.extend(finish(dialect)),
    }
    let end = match random.below(10) {
        0 => End::Reset,
        1 => End::Silence,
        _ => End::Eof,
    };
    let mut pieces = Vec::new();
    let mut rest = body.as_slice();
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at((1 + random.below(200)).min(rest.len()));
        let pause = if chance(random, 2) { 130_000 } else { 2_000 };
        pieces.push((between(random, 0..pause), piece.to_vec()));
        rest = tail;
    }
    (Exchange { connect_ms, pieces, end, ..Exchange::ok("") }, promise)
}

/// A host that does not know some field.
fn refusal(random: &mut Random) -> (Exchange, Promise) {
    let field = pick(random, &["seed", "top_k", "top_p", "temperature", "stop", "reasoning_effort"]);
    let body = r#"{"error":{"message":"Unsupported parameter: 'FIELD'","param":"FIELD"}}"#;
    (Exchange::status(400, body.replace("FIELD", field)), Promise::default())
}

fn player(random: &mut Random, id: usize) -> (Player, Vec<Promise>) {
    let dialect = pick(random, &SPOKEN);
    // Some hosts refuse one field after the other.
    let refusals = if chance(random, 10) { random.below(6) } else { 0 };
    let attempts = (0..7).map(|attempt| match attempt < refusals {
        true => refusal(random),
        false => exchange(random, dialect, id, attempt),
    });
    let (script, promises) = attempts.unzip();
    let mut player = Player::new(dialect, Limits::default(), random.next(), script);
    let (url, limit) = pick(random, &ORIGINS);
    player.origin = BaseUrl::from_static(url).origin();
    player.limit = limit;
    player.class = pick(random, &[Class::Interactive, Class::Batch]);
    player.starts_ms = between(random, 0..5_000);
    if chance(random, 10) {
        player.stops_ms = Some(player.starts_ms + between(random, 0..60_000));
    }
    (player, promises)
}

fn run(seed: u64, calls: usize) -> Vec<Player> {
    let random = &mut Random(seed);
    let settings = QueueSettings { total: 1 + random.below(60), per_origin: None };
    let (players, promises): (Vec<_>, Vec<_>) = (0..calls).map(|id| player(random, id)).unzip();
    let mut world = World::new(settings, players);
    if chance(random, 30) {
        let asleep_ms = pick(random, &[20_000, 3_600_000, 400 * 24 * 3_600_000]);
        world.sleeps = Some((between(random, 0..100_000), asleep_ms));
    }
    let players = world.run().players;
    players.iter().zip(&promises).for_each(|(player, promises)| judge(seed, player, promises));
    players
}

/// Nothing lost, nothing doubled, nothing of another call or attempt.
fn judge(seed: u64, player: &Player, promises: &[Promise]) {
    let answered = player.sent.len().saturating_sub(1);
    let promise = &promises[answered.min(promises.len() - 1)];
    let due = promise.text_after(player.delivered);
    assert_eq!(player.answer.text, due, "seed {seed}: {:?}", player.call.phase());
    let whole = player.answer.text == promise.text;
    let summary = player.call.summary(u64::MAX);
    match player.call.phase() {
        Phase::Finished(_) => assert!(whole, "seed {seed}: finished, but not whole"),
        Phase::Failed(_) => assert!(due.is_empty(), "seed {seed}: failed with text"),
        _ => {}
    }
    let left_out = summary.without.iter().count();
    assert!(summary.retries <= 2 && left_out <= OptionalFields::MOST, "seed {seed}: {summary:?}");
    assert!(summary.attempts as usize <= 1 + summary.retries as usize + left_out, "seed {seed}: {summary:?}");
    assert_eq!(summary.attempts as usize, player.sent.len());
    assert!(player.waits().iter().sum::<u64>() <= 60_000, "seed {seed}: {:?}", player.waits());
    let kinds = player.kinds();
    assert_eq!(kinds.iter().filter(|kind| kind.is_over()).count(), 1);
    assert_eq!(kinds.first(), Some(&PhaseKind::Queued));
}

/// How often to run, from the environment: more by night.
fn runs(usual: u64) -> u64 {
    std::env::var("TUTTI_CROWDS")
        .ok()
        .and_then(|times| times.parse().ok())
        .map_or(usual, |times: u64| usual * times)
}

#[test]
fn two_hundred_calls_with_random_faults() {
    let players: Vec<Player> = (0..runs(100)).flat_map(|seed| run(seed, 200)).collect();
    // The faults are such that every kind of end and of retry is seen.
    let seen = |test: &dyn Fn(&Player) -> bool| assert!(players.iter().any(test));
    for kind in [PhaseKind::Finished, PhaseKind::Truncated, PhaseKind::Stopped, PhaseKind::Failed] {
        seen(&|player| player.call.phase().kind() == kind);
        seen(&|player| player.call.phase().kind() == kind && player.call.summary(0).retries > 0);
    }
    for left_out in 0..=OptionalFields::MOST {
        seen(&|player| player.call.summary(0).without.iter().count() == left_out);
    }
    seen(&|player| player.call.summary(0).retries == 2);
}

#[test]
fn small_crowds_in_thousands_of_orders() {
    (0..runs(5_000)).for_each(|seed| drop(run(1 << 32 | seed, 5)));
}
