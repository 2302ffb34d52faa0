//! Many calls at once: limits, order, and nobody's words in another's answer.

mod common;
#[path = "common/parts/mod.rs"]
mod parts;

use std::collections::{HashMap, HashSet};

use common::Random;

use parts::{Connection, Player, World, ask};
use tutti::{
    call::{
        phase::PhaseKind::{self, *},
        queue::{Class, QueueSettings},
    },
    engine::simulated::{
        Simulated, Simulation,
        script::{Script, Section},
    },
    model::{http::BaseUrl, provider::Dialect},
};

const GOOD: [PhaseKind; 5] = [Queued, Connecting, Waiting, Streaming, Finished];

fn whole_text(model: &str, prompt: &str) -> String {
    let script = Script::new(&Simulation::from_model(model), prompt);
    script.filter(|(section, _)| *section == Section::Text).map(|(_, token)| token).collect()
}

/// Asks a simulated model that is reached at that address.
fn ask_at(world: &mut World, address: &str, class: Class, model: &str, prompt: &str) -> Player {
    let mut question = ask(Dialect::OpenaiChat, model, prompt);
    question.provider.base_url = BaseUrl::parse(address).unwrap();
    question.class = class;
    let simulated = Simulated::new(Dialect::OpenaiChat, Simulation::from_model(model), world.clock.handle());
    world.start(question, simulated)
}

#[test]
fn a_plain_http_server_sees_six_connections_and_nobody_jumps_the_line() {
    let mut world = World::wide();
    let players: Vec<Player> = (0..20)
        .map(|number| {
            // Answers of different lengths, so that slots come free in another order.
            let model = format!("sim-quick-n{}-s{number}", 40 + 37 * (number % 7));
            ask_at(&mut world, "http://192.168.1.7:8000/v1", Class::Interactive, &model, "Why?")
        })
        .collect();
    world.run_until(100);
    assert_eq!(world.traffic.open.get(), 6);
    let positions: Vec<_> = players.iter().map(|player| world.engine.position(player.id)).collect();
    let expected: Vec<_> = (0..20).map(|number: usize| number.checked_sub(6)).collect();
    assert_eq!(positions, expected);
    world.run();
    assert_eq!(world.traffic.most_open.get(), 6);
    assert!(players.iter().all(|player| player.seen().phases == GOOD));
    let begun: Vec<u64> = players.iter().map(|player| player.entered(Connecting)[0]).collect();
    assert!(begun.is_sorted(), "{begun:?}");
    assert_eq!(world.traffic.states(), [Connection::Ended; 20]);
}

#[test]
fn a_full_origin_holds_up_no_other() {
    let mut world = World::wide();
    let busy: Vec<Player> = (0..9)
        .map(|_| ask_at(&mut world, "http://localhost:11434", Class::Interactive, "sim-steady", "Why?"))
        .collect();
    let elsewhere = ask_at(&mut world, "http://localhost:8080/v1", Class::Interactive, "sim-quick", "Why?");
    world.run();
    assert_eq!(elsewhere.entered(Connecting), [0]);
    assert_eq!(busy.iter().filter(|player| player.entered(Connecting) == [0]).count(), 6);
}

#[test]
fn a_person_goes_before_a_batch() {
    let mut world = World::narrow();
    let address = "https://simulated.example";
    let batch: Vec<Player> =
        (0..3).map(|_| ask_at(&mut world, address, Class::Batch, "sim-quick-n30", "One of many")).collect();
    world.run_until(200);
    let person = ask_at(&mut world, address, Class::Interactive, "sim-quick", "Why?");
    world.settle();
    assert_eq!(world.engine.position(person.id), Some(0));
    assert_eq!(world.engine.position(batch[1].id), Some(1));
    world.run();
    assert_eq!(person.entered(Connecting), batch[0].entered(Finished));
    assert_eq!(batch[1].entered(Connecting), person.entered(Finished));
}

#[test]
fn fewer_connections_may_be_set_while_calls_wait() {
    let mut world = World::wide();
    let players: Vec<Player> = (0..12).map(|_| world.ask(Dialect::OpenaiChat, "sim-quick", "Why?")).collect();
    world.engine.configure(QueueSettings { total: 2, per_origin: None });
    world.run_until(500);
    assert_eq!(world.traffic.open.get(), 2);
    world.engine.configure(QueueSettings { total: 5, per_origin: None });
    world.settle();
    assert_eq!(world.traffic.open.get(), 5);
    world.run();
    assert_eq!(world.traffic.most_open.get(), 5);
    assert!(players.iter().all(|player| player.seen().phases == GOOD));
}

#[test]
fn two_hundred_answers_take_no_longer_than_one() {
    const PARALLEL: u64 = 200;
    let languages = ["en", "ko", "ja", "mix"];
    let model = |number: u64| {
        let language = languages[number as usize % 4];
        format!("sim-tps50-ttft300-n150-{language}-s{}", number + 1)
    };
    let prompt = |number: u64| format!("질문 {number}: question no. {number}");

    let mut alone = World::wide();
    let one = alone.ask(Dialect::OpenaiChat, &model(0), &prompt(0));
    alone.run();
    let alone_ms = one.entered(Finished)[0];

    let mut world = World::wide();
    let players: Vec<(u64, Dialect, Player)> = (0..PARALLEL)
        .map(|number| {
            let dialect = Dialect::ALL[number as usize % 7];
            (number, dialect, world.ask(dialect, &model(number), &prompt(number)))
        })
        .collect();
    world.run();

    assert_eq!(world.traffic.most_open.get(), PARALLEL as usize);
    assert_eq!(world.clock.ms(), alone_ms, "all of them end when one alone would");
    for (number, dialect, player) in &players {
        let seen = player.seen();
        assert_eq!(seen.phases, GOOD, "{number}");
        assert_eq!(seen.answer.text, whole_text(&model(*number), &prompt(*number)), "{number} {dialect:?}");
        assert_eq!(seen.answer.usage.unwrap_or_default().total.output, Some(150), "{number}");
        assert_eq!(player.entered(Finished), [alone_ms], "{number}");
    }
    let mut texts: Vec<String> = players.iter().map(|(_, _, player)| player.text()).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), PARALLEL as usize, "each has a text of its own");
    let ids: Vec<_> = players.iter().filter_map(|(_, _, player)| player.seen().answer.id).collect();
    let distinct: HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

#[test]
fn one_that_fails_or_stops_leaves_a_hundred_others_alone() {
    let mut world = World::wide();
    let models = ["sim-quick", "sim-quick-fail401", "sim-quick-reset", "sim-quick-fail429", "sim-quick-ko"];
    let mut players: Vec<Player> = (0..100)
        .map(|number| world.ask(Dialect::ALL[number % 7], models[number % 5], &format!("no. {number}")))
        .collect();
    world.run_until(1_000);
    // Every fifth is stopped.
    players.iter_mut().skip(4).step_by(5).for_each(Player::stop);
    world.run();
    for (number, player) in players.iter().enumerate() {
        let (ended, text) = (player.ended(), player.text());
        let whole = whole_text(models[number % 5], &format!("no. {number}"));
        let expected =
            ["Finished Stop", "Failed Auth", "Truncated ConnectionLost", "Finished Stop", "Stopped"];
        assert_eq!(ended, expected[number % 5], "{number}");
        assert!(whole.starts_with(&text), "{number}");
        assert_eq!(text == whole, ended.starts_with("Finished"), "{number}");
    }
    assert_eq!(world.traffic.open.get(), 0);
    assert_eq!(world.clock.sleepers(), 0);
}

#[test]
fn an_origin_that_says_too_many_is_asked_less() {
    let mut world = World::wide();
    let address = "https://busy.example";
    let ask_many = |world: &mut World, model: &str| -> Vec<Player> {
        (0..8)
            .map(|_| {
                let mut question = ask(Dialect::AnthropicMessages, model, "Why?");
                question.provider.base_url = BaseUrl::parse(address).unwrap();
                question.provider.connections = 4;
                let simulation = Simulation::from_model(model);
                let clock = world.clock.handle();
                world.start(question, Simulated::new(Dialect::AnthropicMessages, simulation, clock))
            })
            .collect()
    };
    let refused = ask_many(&mut world, "sim-quick-n60-fail429");
    world.run_until(30);
    assert_eq!(world.traffic.open.get(), 4);
    world.run_until(70);
    assert_eq!(world.traffic.open.get(), 2, "half as many once it has said so");
    world.run();
    assert!(refused.iter().all(|player| player.ended() == "Finished Stop"));
}

#[test]
fn whatever_happens_every_slot_comes_back() {
    let words = "quick steady-n40 thinker-ko quick-ja-n300 steady-fail401 quick-fail429 fail500 reset cut stall \
                 empty html quick-garbage tps5000-n3000 n0 ttft40000-n3";
    let models: Vec<&str> = words.split_whitespace().collect();
    let addresses = ["http://localhost:11434", "https://one.example", "https://two.example"];
    for seed in 0..12 {
        let mut random = Random(seed);
        let total = 1 + random.below(20);
        let mut world = World::new(QueueSettings { total, per_origin: None });
        world.journal.commit_ms.set(random.below(3) as u64 * 7);
        let mut players: Vec<Player> = Vec::new();
        let mut abandoned = HashSet::new();
        for _ in 0..150 {
            let pause = random.below(400) as u64;
            world.run_until(world.clock.ms() + pause);
            let dialect = Dialect::ALL[random.below(7)];
            let model = format!("sim-{}-s{}", models[random.below(models.len())], random.below(9));
            let mut question = ask(dialect, &model, "Why?");
            question.provider.base_url = BaseUrl::parse(addresses[random.below(3)]).unwrap();
            question.provider.connections = 8;
            question.class = [Class::Interactive, Class::Batch][random.below(2)];
            let simulated = Simulated::new(dialect, Simulation::from_model(&model), world.clock.handle());
            players.push(world.start(question, simulated));
            let other = random.below(players.len());
            match random.below(6) {
                0 => players[other].stop_if_it_runs(),
                1 => {
                    players[other].abandon();
                    abandoned.insert(other);
                }
                2 => world.settle(),
                _ => {}
            }
            let mut open: HashMap<String, usize> = HashMap::new();
            for sent in world.traffic.sent.borrow().iter() {
                if sent.state == Connection::Open {
                    *open.entry(sent.request.origin().to_string()).or_default() += 1;
                }
            }
            assert!(open.values().sum::<usize>() <= total, "{seed}: {open:?}");
            for (origin, count) in open {
                assert!(count <= if origin.starts_with("http:") { 6 } else { 8 }, "{seed}: {count} {origin}");
            }
        }
        world.run();
        for (number, player) in players.iter().enumerate() {
            assert!(player.is_over() || abandoned.contains(&number), "{seed}: {number} {}", player.ended());
            assert_eq!(world.engine.position(player.id), None, "{seed}: {number} still waits");
        }
        assert_eq!((world.traffic.open.get(), world.clock.sleepers()), (0, 0), "{seed}");
        // As many as may be are let in at once again.
        let later_ms = world.clock.ms();
        let again: Vec<Player> =
            (0..total).map(|_| world.ask(Dialect::Gemini, "sim-quick", "Why?")).collect();
        world.run();
        assert!(again.iter().all(|player| player.entered(Connecting) == [later_ms]), "{seed}");
    }
}
