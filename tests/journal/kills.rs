//! What is left when a page is killed.

use super::common::Random;
use tutti::grid::journal::HOLD_MS;

use super::world::*;

#[test]
fn a_thousand_kills_lose_no_prompt_and_at_most_a_moment() {
    let mut worst = 0;
    let mut cut = 0;
    for seed in 0..1000 {
        let mut world = World::new(Life { panels: 1 + seed as usize % 8, ..USUAL }, seed);
        let end = Random(!seed).next() % 6000;
        while world.now < end {
            world.step();
        }
        let disk = world.kill();
        cut += usize::from(world.is_running());
        worst = worst.max(world.check(&disk));
    }
    assert!(worst <= MAY_LOSE_MS, "{worst} ms of text were lost");
    // Otherwise nothing was shown.
    assert!(worst > 50 && cut > 500, "{worst} ms, {cut} cut in a run");
}

#[test]
fn a_loss_of_power_loses_no_prompt_that_was_sent() {
    for seed in 0..200 {
        let mut world = World::new(USUAL, seed);
        let end = Random(seed).next() % 5000;
        while world.now < end {
            world.step();
        }
        world.check(&world.strict);
    }
}

#[test]
fn half_an_hour_hidden_loses_no_more_than_a_moment() {
    let life = Life {
        panels: 4,
        rounds: 1,
        is_hidden: true,
        hold_ms: 0,
        pause_ms: 5000,
        answer_ms: 30 * 60_000,
        ..USUAL
    };
    let run = |life: Life, seed: u64| {
        let mut world = World::new(life, seed);
        let mut worst = 0;
        for minute in 1..=30_u64 {
            let end = minute * 60_000 - Random(seed ^ minute).next() % 50_000;
            while world.now < end {
                world.step();
            }
            let disk = world.kill();
            worst = worst.max(world.check(&disk));
        }
        (worst, world.commits)
    };
    let (worst, commits) = run(life, 1);
    assert!(worst <= MAY_LOSE_MS, "{worst} ms of text were lost");
    assert!(commits > 500, "{commits}");
    // It is the rule that keeps the text, not the test: whoever holds pieces in a hidden page loses them.
    let (worst, _) = run(Life { hold_ms: HOLD_MS, ..life }, 1);
    assert!(worst > 2 * MAY_LOSE_MS, "{worst} ms");
}

#[test]
fn transactions_follow_the_disk_and_not_the_streams() {
    let run = |panels, hold_ms| {
        let life = Life { panels, rounds: 1, hold_ms, pause_ms: 4, answer_ms: 20_000, ..USUAL };
        let mut world = World::new(life, 3);
        while world.now < 10_000 {
            world.step();
        }
        world.commits
    };
    let (one, many) = (run(1, HOLD_MS), run(32, HOLD_MS));
    assert!(many < one * 11 / 10, "{one} and {many}");
    assert!(many < 100, "more than ten a second: {many}");
    assert!(run(32, 0) < 350);
}
