//! Slots, order and limits.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tutti::{
    call::queue::{CallId, Class, Outcome, Queue, QueueSettings},
    model::http::{BaseUrl, Origin},
};

fn origin(url: &'static str) -> Origin {
    BaseUrl::from_static(url).origin()
}

fn cloud() -> Origin {
    origin("https://api.example.com/v1")
}

fn local() -> Origin {
    origin("http://localhost:11434")
}

/// Puts calls in line and says which of them get a slot.
fn line_up(queue: &mut Queue, ids: std::ops::Range<u64>, to: &Origin, class: Class) -> Vec<u64> {
    ids.for_each(|id| queue.request(CallId(id), to, 32, class));
    granted(queue)
}

fn granted(queue: &mut Queue) -> Vec<u64> {
    queue.granted().into_iter().map(|CallId(id)| id).collect()
}

#[test]
fn plain_http_gets_six_and_https_what_the_provider_bears() {
    let check = |settings: QueueSettings, to: &'static str, provider_limit, expected: usize| {
        let mut queue = Queue::new(settings);
        (0..400).for_each(|id| queue.request(CallId(id), &origin(to), provider_limit, Class::Batch));
        assert_eq!(queue.granted().len(), expected, "{to}");
    };
    let usual = QueueSettings::default();
    check(usual, "http://localhost:11434", 32, 6);
    check(usual, "http://192.168.1.20:8000", 2, 2);
    check(usual, "https://api.example.com", 32, 32);
    check(usual, "https://localhost:8443", 32, 32);
    check(usual, "https://api.example.com", 0, 1);
    check(QueueSettings { per_origin: Some(100), ..usual }, "https://api.example.com", 32, 100);
    check(QueueSettings { per_origin: Some(100), ..usual }, "http://localhost:1", 32, 6);
    check(QueueSettings { per_origin: Some(9_999), total: 9_999 }, "https://api.example.com", 32, 256);
    check(QueueSettings { total: 10, per_origin: None }, "https://api.example.com", 32, 10);
    check(QueueSettings { total: 0, per_origin: None }, "https://api.example.com", 32, 1);
}

#[test]
fn first_come_first_served_and_people_before_batches() {
    let mut queue = Queue::default();
    assert_eq!(line_up(&mut queue, 0..6, &local(), Class::Batch), [0, 1, 2, 3, 4, 5]);
    assert_eq!(line_up(&mut queue, 6..9, &local(), Class::Batch), [0; 0]);
    assert_eq!(line_up(&mut queue, 9..11, &local(), Class::Interactive), [0; 0]);
    assert_eq!((queue.position(CallId(9)), queue.position(CallId(6))), (Some(0), Some(2)));
    assert_eq!(queue.position(CallId(0)), None);
    let order: Vec<u64> = (0..5)
        .flat_map(|id| {
            queue.release(CallId(id), Outcome::Neutral);
            granted(&mut queue)
        })
        .collect();
    assert_eq!(order, [9, 10, 6, 7, 8]);
}

#[test]
fn a_full_origin_holds_up_no_other() {
    let mut queue = Queue::default();
    line_up(&mut queue, 0..20, &local(), Class::Interactive);
    assert_eq!(line_up(&mut queue, 20..22, &cloud(), Class::Batch), [20, 21]);
}

#[test]
fn too_many_requests_halve_the_limit_and_successes_raise_it_again() {
    let mut queue = Queue::default();
    let to = cloud();
    line_up(&mut queue, 0..32, &to, Class::Batch);
    queue.release(CallId(0), Outcome::RateLimited);
    assert_eq!(queue.load(&to), (31, 16));
    // The others of the same burst say nothing new.
    (1..32).for_each(|id| queue.release(CallId(id), Outcome::RateLimited));
    assert_eq!(queue.load(&to), (0, 16));
    let mut next = 100;
    let mut one_more = |queue: &mut Queue, outcome| {
        next += 1;
        assert_eq!(line_up(queue, next..next + 1, &to, Class::Batch), [next]);
        queue.release(CallId(next), outcome);
        queue.load(&to).1
    };
    let limits: Vec<u16> = (0..6).map(|_| one_more(&mut queue, Outcome::RateLimited)).collect();
    assert_eq!(limits, [8, 4, 2, 1, 1, 1]);
    let limits: Vec<u16> = (0..20).map(|_| one_more(&mut queue, Outcome::Success)).collect();
    assert_eq!((limits[8], limits[9], limits[19]), (1, 2, 3));
    (0..1_000).for_each(|_| {
        one_more(&mut queue, Outcome::Success);
    });
    assert_eq!(queue.load(&to), (0, 32), "it never grows beyond what is set");
}

#[test]
fn new_settings_hold_at_once() {
    let mut queue = Queue::new(QueueSettings { per_origin: Some(2), ..QueueSettings::default() });
    line_up(&mut queue, 0..10, &cloud(), Class::Batch);
    queue.configure(QueueSettings { per_origin: Some(5), ..QueueSettings::default() });
    assert_eq!(granted(&mut queue), [2, 3, 4]);
    queue.configure(QueueSettings { per_origin: Some(1), ..QueueSettings::default() });
    (0..5).for_each(|id| queue.release(CallId(id), Outcome::Neutral));
    assert_eq!(granted(&mut queue), [5]);
}

#[test]
fn asking_twice_or_leaving_twice_does_no_harm() {
    let mut queue = Queue::default();
    line_up(&mut queue, 0..7, &local(), Class::Batch);
    assert_eq!(line_up(&mut queue, 0..7, &local(), Class::Interactive), [0; 0]);
    for _ in 0..3 {
        queue.release(CallId(6), Outcome::Neutral);
        queue.release(CallId(0), Outcome::Neutral);
        queue.release(CallId(77), Outcome::RateLimited);
    }
    assert_eq!((granted(&mut queue), queue.load(&local())), (vec![], (5, 6)));
}

#[derive(Clone, Debug)]
enum Step {
    Request(u64, usize, bool),
    Release(usize, Outcome),
    GiveUp(usize),
    Configure(usize, Option<u16>),
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop_oneof![Just(Outcome::Success), Just(Outcome::RateLimited), Just(Outcome::Neutral)];
    prop_oneof![
        4 => (0..500_u64, 0..4_usize, any::<bool>()).prop_map(|(id, to, batch)| Step::Request(id, to, batch)),
        3 => (any::<usize>(), outcome).prop_map(|(nth, outcome)| Step::Release(nth, outcome)),
        1 => any::<usize>().prop_map(Step::GiveUp),
        1 => (1..40_usize, proptest::option::of(1..20_u16)).prop_map(|(t, o)| Step::Configure(t, o)),
    ]
}

proptest! {
    /// Against a plain list: no limit is passed, nobody waits beside a free slot, nobody is
    /// overtaken by an equal, and nobody is forgotten.
    #[test]
    fn slots_are_given_fairly(steps in prop::collection::vec(step(), 1..200)) {
        let origins = [cloud(), local(), origin("https://b.example"), origin("http://10.0.0.1:80")];
        let mut settings = QueueSettings { total: 20, per_origin: None };
        let mut queue = Queue::new(settings);
        let mut waiting: Vec<(bool, u64, usize)> = Vec::new();
        let mut holding: BTreeMap<u64, usize> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Request(id, to, batch) => {
                    let class = if batch { Class::Batch } else { Class::Interactive };
                    if !holding.contains_key(&id) && !waiting.iter().any(|(_, waits, _)| *waits == id) {
                        waiting.push((batch, id, to));
                    }
                    queue.request(CallId(id), &origins[to], 8, class);
                }
                Step::Release(nth, outcome) => {
                    if let Some(id) = holding.keys().nth(nth % holding.len().max(1)).copied() {
                        holding.remove(&id);
                        queue.release(CallId(id), outcome);
                    }
                }
                Step::GiveUp(nth) => {
                    if !waiting.is_empty() {
                        let (_, id, _) = waiting.remove(nth % waiting.len());
                        queue.release(CallId(id), Outcome::Neutral);
                    }
                }
                Step::Configure(total, per_origin) => {
                    settings = QueueSettings { total, per_origin };
                    queue.configure(settings);
                }
            }
            let mut batch_granted = false;
            for CallId(id) in queue.granted() {
                let place = waiting.iter().position(|(_, waits, _)| *waits == id).expect("it waited");
                let (batch, _, to) = waiting.remove(place);
                let overtaken = waiting.iter().take(place).any(|(b, _, t)| *t == to && *b == batch)
                    || batch && waiting.iter().any(|(b, _, t)| *t == to && !b);
                prop_assert!(!overtaken);
                prop_assert!(holding.len() < settings.total);
                holding.insert(id, to);
                batch_granted |= batch;
                let (active, limit) = queue.load(&origins[to]);
                prop_assert!(active <= limit && limit <= 20);
                prop_assert!(!origins[to].is_plain_http() || limit <= 6);
            }
            for (to, origin) in origins.iter().enumerate() {
                let (active, limit) = queue.load(origin);
                prop_assert_eq!(usize::from(active), holding.values().filter(|at| **at == to).count());
                let in_line = waiting.iter().any(|(_, _, at)| *at == to);
                let room = active < limit && holding.len() < settings.total;
                prop_assert!(!(in_line && room), "a slot is free and somebody waits");
                let person_waits = waiting.iter().any(|(batch, _, at)| *at == to && !batch);
                prop_assert!(!(batch_granted && person_waits && active < limit), "a batch overtook a person");
            }
        }
        // When everybody leaves in turn, everybody gets a turn.
        let mut served = BTreeSet::new();
        let everybody: BTreeSet<u64> = waiting.iter().map(|(_, id, _)| *id).collect();
        while let Some((id, _)) = holding.pop_first() {
            queue.release(CallId(id), Outcome::Success);
            for CallId(id) in queue.granted() {
                served.insert(id);
                holding.insert(id, 0);
            }
        }
        prop_assert_eq!(served, everybody);
    }
}
