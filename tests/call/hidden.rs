//! A page that nobody looks at for half an hour, and a computer that sleeps.

use super::common::Random;
use tutti::{
    call::{
        Limits,
        phase::PhaseKind,
        queue::{Class, QueueSettings},
    },
    grid::journal::HOLD_MS,
    model::{http::BaseUrl, provider::Dialect::*},
};

use super::{
    bodies::{finish, ping, start, text},
    store::Store,
    world::{End, Exchange, Player, World, ended},
};

const MINUTE: u64 = 60_000;
/// A hidden page's timers ("Heavy throttling of chained JS timers", Chrome 88).
const HIDDEN_MS: u64 = MINUTE;

/// Words for so long, never further apart than the silence that ends a call, and all of them as one text.
fn words(random: &mut Random, for_ms: u64) -> (Exchange, String) {
    let mut exchange = Exchange::ok(start(OpenaiChat));
    let (mut at, mut whole) = (0, String::new());
    while at < for_ms {
        // Mostly a stream, now and then long thought, of which the connection is kept alive or is not.
        let pause = match random.below(40) {
            0 => 60_000 + random.below(59_000),
            1..4 => 5_000 + random.below(20_000),
            _ => random.below(1_500),
        };
        at += pause as u64;
        if random.below(8) == 0 {
            exchange = exchange.then(pause as u64, ping(OpenaiChat));
            continue;
        }
        let word = format!("{at} ");
        whole += &word;
        exchange = exchange.then(pause as u64, text(OpenaiChat, &word));
    }
    (exchange.then(10, finish(OpenaiChat)), whole)
}

fn hidden(players: Vec<Player>, hold_ms: u64) -> World {
    let mut world = World::new(QueueSettings::default(), players);
    world.timers_ms = HIDDEN_MS;
    world.store = Some(Store::new(hold_ms));
    world.run()
}

/// Eight at a server of this computer, which takes six at once: two wait for a place. Each with what it shall say.
fn eight(seed: u64) -> (Vec<Player>, Vec<String>) {
    let mut random = Random(seed);
    let panel = |panel: usize| {
        let (exchange, whole) = words(&mut random, 30 * MINUTE / if panel < 6 { 1 } else { 2 });
        // Some are told to come again, some find nobody at first.
        let script = match panel {
            1 => vec![Exchange::status(503, "{}"), exchange],
            2 => vec![Exchange::status(429, "{}").with("retry-after", "20"), exchange],
            3 => vec![Exchange::no_connection(), exchange],
            _ => vec![exchange],
        };
        let mut player = Player::new(OpenaiChat, Limits::default(), seed, script);
        player.origin = BaseUrl::from_static("http://127.0.0.1:8080").origin();
        (player, whole)
    };
    (0..8).map(panel).unzip()
}

#[test]
fn half_an_hour_hidden_brings_every_answer_whole_and_to_the_disk() {
    let mut worst_held = 0;
    for seed in 0..10 {
        let (players, texts) = eight(seed);
        let world = hidden(players, 0);
        let store = world.store.as_ref().unwrap();
        for (panel, player) in world.players.iter().enumerate() {
            assert_eq!(ended(player), "Finished Stop", "panel {panel} of {seed}");
            assert_eq!(player.answer.text, texts[panel]);
            assert_eq!(store.text(panel), texts[panel], "panel {panel} is not on the disk");
            // A wait may last until the next minute, and no longer.
            assert!(player.waits().iter().all(|wait| *wait <= 20_000 + HIDDEN_MS), "{:?}", player.waits());
        }
        assert!(store.worst_ms <= 250, "a piece lay in memory for {} ms", store.worst_ms);
        worst_held = worst_held.max(hidden(eight(seed).0, HOLD_MS).store.unwrap().worst_ms);
    }
    // It is writing with each piece that keeps them.
    assert!(worst_held > 1_000, "{worst_held}");
}

#[test]
fn a_connection_that_died_is_noticed_within_a_minute_of_its_time_though_hidden() {
    let dead = Exchange::ok(text(OpenaiChat, "so far")).end(End::Silence);
    let world = hidden(vec![Player::new(OpenaiChat, Limits::default(), 1, vec![dead])], 0);
    let player = &world.players[0];
    assert_eq!(ended(player), "Truncated Timeout");
    let limit = Limits::default().after_text_ms;
    let took = player.call.summary(0).total_ms;
    assert!((limit..=limit + HIDDEN_MS).contains(&took), "{took}");
    assert_eq!(world.store.unwrap().text(0), "so far");
}

#[test]
fn three_hours_of_sleep_end_what_died_and_nothing_else() {
    for (counts_sleep, timers_ms) in [(false, 1), (true, 1), (false, HIDDEN_MS), (true, HIDDEN_MS)] {
        let panel = |index: usize| {
            let so_far = Exchange::ok(text(OpenaiChat, "a"));
            let so_far = (0..10).fold(so_far, |exchange, _| exchange.then(5_000, text(OpenaiChat, "b")));
            let script = match index % 3 {
                // What was on its way comes a moment after the computer wakes, and the stream goes on.
                0 => so_far.then(16_000, text(OpenaiChat, "c")).then(90_000, finish(OpenaiChat)),
                1 => so_far.end(End::Silence),
                _ => so_far.then(16_000, text(OpenaiChat, "c")).end(End::Reset),
            };
            let mut player = Player::new(OpenaiChat, Limits::default(), index as u64, vec![script]);
            player.class = Class::Interactive;
            player
        };
        let mut world = World::new(QueueSettings::default(), (0..9).map(panel).collect());
        world.sleeps = Some((50_500, 3 * 60 * MINUTE));
        (world.counts_sleep, world.timers_ms) = (counts_sleep, timers_ms);
        world.store = Some(Store::new(0));
        let world = world.run();
        let store = world.store.as_ref().unwrap();
        for (index, player) in world.players.iter().enumerate() {
            let so_far = "a".to_owned() + &"b".repeat(10);
            let (end, whole) = match index % 3 {
                0 => ("Finished Stop", so_far + "c"),
                // Each has a sentence of its own, and a button that asks again.
                1 => ("Truncated Timeout", so_far),
                _ => ("Truncated ConnectionLost", so_far + "c"),
            };
            assert_eq!(ended(player), end, "panel {index}, {counts_sleep}, {timers_ms}");
            assert_eq!((player.answer.text.as_str(), store.text(index)), (whole.as_str(), whole.as_str()));
            assert_eq!(player.sent.len(), 1, "nothing is sent again");
            // Not after two more minutes: by the wall clock it was silent for hours.
            if player.call.phase().kind() == PhaseKind::Truncated && !counts_sleep {
                let end = player.call.log().last().map_or(0, |last| last.at_ms);
                assert!(end <= 50_500 + 31_000 + 2 * timers_ms, "{end}");
            }
        }
    }
}
