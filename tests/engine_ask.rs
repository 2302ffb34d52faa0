//! How a question becomes a request: what is said of it, what is left out, and the line for a shell.

#[path = "common/parts/mod.rs"]
mod parts;

use parts::{Exchange, Scripted, World, ask};
use serde_json::{Value, json};
use tutti::{
    call::field::{OptionalField, OptionalFields},
    engine::{Ask, ask::Notes},
    model::{
        catalog,
        chat::{Effort, Stream},
        http::{ApiKey, BaseUrl},
        provider::Dialect,
    },
    wire::encode::EncodeError,
};

const CANARY: &str = "sk-canary-7b1f02c9e4";

/// A question to a provider of the catalogue.
fn ask_row(id: &str, dialect: Dialect, model: &str) -> Ask {
    Ask { provider: catalog::find(id).unwrap().clone(), ..ask(dialect, model, "Why?") }
}

fn body(ask: &Ask, without: &[OptionalField]) -> Value {
    let encoded = ask.encode(without.iter().copied().collect()).unwrap();
    serde_json::from_str(encoded.request.body.as_deref().unwrap()).unwrap()
}

/// A refusal of one field, as OpenAI words it.
fn refuses(field: &str) -> Exchange {
    let refusal = json!({ "error": { "message": format!("Unknown parameter: '{field}'."), "param": field } });
    Exchange::status(400, refusal.to_string())
}

/// Asks a server, and gives what was said of each request, and each request's body.
fn play(question: Ask, exchanges: Vec<Exchange>) -> (Vec<Notes>, Vec<Value>) {
    let mut world = World::wide();
    let server = Scripted::new(&world.clock, exchanges);
    let player = world.start(question, server);
    world.run();
    let sent = world.traffic.sent.borrow();
    let bodies = sent.iter().map(|sent| serde_json::from_str(sent.request.body.as_deref().unwrap()).unwrap());
    (player.seen().notes, bodies.collect())
}

#[test]
fn what_is_sent_otherwise_than_set_is_said() {
    let mut question = ask_row("openai", Dialect::OpenaiChat, "gpt-5");
    question.request.sampling.temperature = Some(0.5);
    question.request.sampling.top_k = Some(4);
    question.request.sampling.effort = Some(Effort::XHigh);
    let (notes, bodies) = play(question, vec![Exchange::answer(&["Fine."], 10)]);
    let [Notes { mut dropped, changed, defaults }] = <[Notes; 1]>::try_from(notes).unwrap();
    dropped.sort_unstable();
    assert_eq!(dropped, ["temperature", "top_k"]);
    // As JSON, the very value that was sent.
    assert_eq!(changed, [("effort", bodies[0]["reasoning_effort"].to_string())]);
    assert_eq!(defaults, []);

    let question = ask(Dialect::AnthropicMessages, "claude-haiku-4-5", "Why?");
    let (notes, bodies) = play(question, vec![Exchange::status(400, "{}")]);
    assert_eq!(notes[0].defaults, [("max_tokens", bodies[0]["max_tokens"].to_string())]);
    assert!(bodies[0]["max_tokens"].is_u64());

    let (notes, _) = play(ask(Dialect::OpenaiChat, "model", "Why?"), vec![Exchange::answer(&["Fine."], 10)]);
    assert_eq!(notes, [Notes::default()], "nothing is said where nothing is otherwise");
}

#[test]
fn each_attempt_is_told_of_once() {
    let good = || Exchange::answer(&["Fine."], 10);
    let check = |exchanges: Vec<Exchange>| {
        let attempts = exchanges.len();
        let (notes, bodies) = play(ask(Dialect::OpenaiChat, "model", "Why?"), exchanges);
        assert_eq!((notes.len(), bodies.len()), (attempts, attempts));
    };
    check(vec![good()]);
    check(vec![Exchange::status(503, ""), good()]);
    check(vec![Exchange::no_connection(), good()]);
    check(vec![refuses("seed"), good()]);
    check(vec![refuses("seed"), Exchange::status(503, ""), refuses("top_k"), good()]);
    // What cannot be written is not sent, and nothing is said of it.
    assert_eq!(play(ask(Dialect::OpenaiChat, " ", "Why?"), vec![good()]), (vec![], vec![]));
}

#[test]
fn a_request_without_the_refused_fields_has_notes_of_its_own() {
    let mut question = ask_row("openai", Dialect::OpenaiChat, "gpt-5");
    question.request.sampling.effort = Some(Effort::XHigh);
    question.request.sampling.seed = Some(4);
    question.request.sampling.top_k = Some(40);
    let exchanges = vec![refuses("reasoning_effort"), refuses("seed"), Exchange::answer(&["Fine."], 10)];
    let (notes, bodies) = play(question, exchanges);
    let changed: Vec<_> = notes.iter().map(|notes| notes.changed.len()).collect();
    assert_eq!(changed, [1, 0, 0], "an effort that is not sent was not changed");
    let set = |body: &Value| {
        ["reasoning_effort", "seed", "top_k", "messages"].map(|name| usize::from(!body[name].is_null()))
    };
    // This format has no such field: it is never sent, and said to be left out each time.
    assert!(notes.iter().all(|notes| notes.dropped == ["top_k"]));
    assert_eq!(bodies.iter().map(set).collect::<Vec<_>>(), [[1, 1, 0, 1], [0, 1, 0, 1], [0, 0, 0, 1]]);
}

#[test]
fn fields_are_left_out_together() {
    use OptionalField::{MaxTokens, Seed, Stream as Streaming, Temperature, TopP};
    let mut question = ask_row("together", Dialect::OpenaiChat, "m");
    let sampling = &mut question.request.sampling;
    (sampling.temperature, sampling.top_p, sampling.max_tokens) = (Some(0.5), Some(0.9), Some(9));
    sampling.seed = Some(4);
    question.request.extra.set("seed", 5_u32);
    let whole = body(&question, &[]);
    let mut expected = whole.clone();
    for name in ["temperature", "seed", "max_tokens"] {
        assert!(expected.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }
    expected["max_completion_tokens"] = json!(9);
    for order in [[Temperature, Seed, MaxTokens], [MaxTokens, Seed, Temperature]] {
        assert_eq!(body(&question, &order), expected);
    }
    let less = body(&question, &[Streaming, TopP]);
    assert_eq!((&less["top_p"], &less["temperature"]), (&Value::Null, &json!(0.5)));
    assert_ne!(less["stream"], json!(true));
    assert_eq!(question.request.stream, Stream::Events, "the question stays as it is");
}

#[test]
fn a_line_for_a_shell_never_holds_the_key() {
    let rows = catalog::all().iter().chain(catalog::custom());
    for row in rows {
        for dialect in row.dialects.iter().copied() {
            let mut question = ask_row(&row.id, dialect, "some-model");
            if row.needs_base_url() {
                assert_eq!(question.curl(), Err(EncodeError::NoBaseUrl), "{}", row.id);
                question.provider.base_url = BaseUrl::parse("https://my.example/openai/v1").unwrap();
            }
            let line = question.curl().unwrap();
            assert!(!line.contains("$KEY"), "{}: {line}", row.id);
            question.key = Some(ApiKey::new(question.provider.base_url.origin(), CANARY).unwrap());
            let with_key = question.curl().unwrap();
            assert_eq!(with_key.matches("\"$KEY\"").count(), 1, "{}: {with_key}", row.id);
            assert!(!with_key.contains(CANARY) && !with_key.contains("canary"), "{}", row.id);
            // It asks what the page asks.
            let sent = question.encode(OptionalFields::default()).unwrap().request;
            assert!(with_key.contains(&sent.url()) && with_key.contains(sent.body.as_deref().unwrap()));
        }
    }
}

#[test]
fn what_cannot_be_sent_has_no_line_for_a_shell() {
    assert_eq!(ask_row("openai", Dialect::OpenaiChat, " ").curl(), Err(EncodeError::NoModel));
}
