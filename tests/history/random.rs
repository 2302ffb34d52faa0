//! What holds after any steps.

use proptest::{collection::vec, prelude::*};
use tutti::{
    grid::comparison::{Turn, history::BadRequest},
    model::{catalog, chat::Message, json::Json, provider::Dialect},
    wire::encode::encode,
};

use super::world::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn each_column_is_sent_its_own_past_and_nothing_else(steps in vec(step(), 1..70)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        for column in world.comparison.columns() {
            let own = world.own_tags(column.id);
            for round in world.comparison.rounds() {
                let messages = world.messages(column.id, round.id);
                if round.cell(column.id).is_none() {
                    prop_assert_eq!(messages, Err(BadRequest::NotAsked));
                    continue;
                }
                let messages = messages.unwrap();
                prop_assert_eq!(shown(&messages), world.oracle.transcript(column.id.0, round.id.0));
                prop_assert!(is_own(&messages, &own), "{:?}", messages);
            }
        }
    }

    /// What any provider refuses: two turns of one side in a row, an answer before the first question, an
    /// empty turn, a call without its result.
    #[test]
    fn every_request_is_one_that_providers_take(steps in vec(step(), 1..50)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        for (column, round) in world.comparison.columns().iter().flat_map(|column| {
            world.comparison.rounds().iter().map(|round| (column.id, round.id))
        }) {
            let Ok(mut request) = world.request(column, round) else { continue };
            request.model = "m".to_owned();
            for row in catalog::all() {
                let Ok(encoded) = encode(row, row.dialect(), None, &request) else { continue };
                let body = encoded.request.body.unwrap();
                for call in ["tool_calls", "tool_use", "functionCall", "function_call"] {
                    prop_assert!(!body.contains(call), "{}: {}", row.id, body);
                }
                let json = Json::read(&body).unwrap();
                let list = ["messages", "contents", "input"].into_iter().find_map(|name| json.get(name)).unwrap();
                let roles: Vec<_> = list.items().iter().filter_map(|it| it.at("role").as_str()).collect();
                let is_users = |role: &str| role == "user";
                prop_assert!(roles.first().copied().is_some_and(is_users), "{}: {}", row.id, body);
                prop_assert!(roles.last().copied().is_some_and(is_users), "{}: {}", row.id, body);
                // Items of one answer stand side by side in Responses.
                let pairs = roles.windows(2).filter(|pair| pair[0] == pair[1] && (is_users(pair[0]) || row.dialect() != Dialect::OpenaiResponses));
                prop_assert_eq!(pairs.count(), 0, "{}: {}", row.id, body);
                for empty in [r#""content":"""#, r#""content":[]"#, r#""parts":[]"#] {
                    prop_assert!(!body.contains(empty), "{}: {}", row.id, body);
                }
            }
        }
    }

    #[test]
    fn what_was_sent_can_be_told_later(steps in vec(step(), 1..40), later in vec(step(), 1..30)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        let mut sent = Vec::new();
        for column in 0..world.comparison.columns().len() {
            for round in world.comparison.rounds().to_vec() {
                let id = world.column(column);
                let Ok(request) = world.request(id, round.id) else { continue };
                let turns = world.comparison.past(id, round.id);
                // What is still coming may end later.
                let is_open = |turn: &Turn| turn.reply.is_some_and(|id| world.open.contains(&id));
                if turns.iter().any(is_open) {
                    continue;
                }
                let reply = world.comparison.begin(round.id, id, turns, None).unwrap();
                world.oracle.cells.get_mut(&(round.id.0, id.0)).unwrap().versions.push(None);
                let cell = world.oracle.cells.get_mut(&(round.id.0, id.0)).unwrap();
                cell.chosen = cell.versions.len() - 1;
                sent.push((reply, request));
            }
        }
        later.iter().for_each(|step| world.take(step));
        for (reply, request) in sent {
            prop_assert_eq!(world.comparison.request_of(reply, &world.texts), Ok(request));
        }
    }
}

#[test]
fn a_mix_would_be_seen() {
    let own = ["<c1 r0 ".to_owned()];
    assert!(is_own(&[Message::assistant("<c1 r0 v0>")], &own));
    assert!(!is_own(&[Message::assistant("<c1 r0 v0><c2 r0 v0>")], &own));
    assert!(!is_own(&[Message::assistant("<c1 r1 v0>")], &own));
}
