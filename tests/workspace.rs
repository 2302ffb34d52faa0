//! What a reload keeps: everything that a person set, nothing that is secret, and something sensible
//! from any text at all.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use tutti::{
    grid::{
        choices::{SendKey, Theme, View},
        settings::PanelSettings,
        workspace::{
            MAX_PANELS, MAX_PROMPT_BYTES, MAX_PROMPTS, MAX_RECENT, MAX_SETS, MAX_STARRED, ModelRef, ModelSet,
            Workspace,
        },
    },
    model::{
        catalog,
        chat::{Effort, Sampling},
        provider::Dialect,
    },
};

fn model(provider: &str, model: &str) -> ModelRef {
    ModelRef { provider: provider.to_owned(), model: model.to_owned() }
}

/// With every field set, and to something that is not its default.
fn full() -> Workspace {
    let sampling = Sampling {
        temperature: Some(0.7),
        top_p: Some(0.95),
        top_k: Some(40),
        max_tokens: Some(4096),
        stop: vec!["\n\n".to_owned(), "a, b".to_owned(), " END ".to_owned()],
        seed: Some(-1),
        presence_penalty: Some(-2.0),
        frequency_penalty: Some(0.1),
        effort: Some(Effort::XHigh),
    };
    let panel = PanelSettings {
        dialect: Dialect::OpenaiChat,
        base_url: "https://proxy.example/v1".to_owned(),
        system: "Antworte \"kurz\".\n간단히.".to_owned(),
        sampling,
        extra: "{\"logprobs\": true}".to_owned(),
        enabled: false,
        is_foreign: true,
        ..PanelSettings::new(catalog::find("openai").unwrap(), "gpt-5.5")
    };
    let local = PanelSettings::new(catalog::find("ollama").unwrap(), "qwen3:4b");
    Workspace {
        sets: vec![ModelSet { name: "Fast ones".to_owned(), panels: vec![local.clone()] }],
        panels: vec![panel, local],
        starred: vec![model("groq", "openai/gpt-oss-20b"), model("simulated", "sim-quick")],
        recent: vec![model("xai", "grok-4.5")],
        view: View::Focus,
        active: 1,
        linked_scroll: true,
        send_key: SendKey::ModEnter,
        shortcuts: false,
        confirm_above: 0,
        connections: Some(6),
        language: Some("ko".to_owned()),
        theme: Theme::Dark,
        prompts: vec!["Why is the sky blue?".to_owned(), "하늘은 왜 파란가?".to_owned()],
    }
}

#[test]
fn a_reload_keeps_everything() {
    let workspace = full();
    assert_eq!(Workspace::from_json(&workspace.to_json()), workspace);
    let default = Workspace::default();
    assert_eq!(Workspace::from_json(&default.to_json()), default);
    assert!(workspace.to_json().contains("\"version\":1"));
}

/// A new field breaks this test until somebody has looked at it: every text is named here with what
/// it holds, and none of it is a key.
#[test]
fn no_field_can_hold_a_key() {
    let Workspace {
        panels,
        sets,
        starred,
        recent,
        view: View::Columns | View::Tabs | View::Focus,
        active: _,
        linked_scroll: _,
        send_key: SendKey::Enter | SendKey::ModEnter,
        shortcuts: _,
        confirm_above: _,
        connections: _,
        language: _language_tag,
        theme: Theme::System | Theme::Light | Theme::Dark,
        prompts: _what_was_asked,
    } = full();
    for ModelRef { provider: _id, model: _model_id } in starred.into_iter().chain(recent) {}
    let in_sets = sets.into_iter().flat_map(|ModelSet { name: _label, panels }| panels);
    for panel in panels.into_iter().chain(in_sets) {
        let PanelSettings {
            provider: _id,
            dialect: _,
            model: _model_id,
            base_url: _address_without_user_and_query,
            system: _system_prompt,
            sampling: _numbers_and_stop_sequences,
            extra: _fields_of_the_body,
            enabled: _,
            is_foreign: _,
        } = panel;
    }

    let written: Value = serde_json::from_str(&full().to_json()).unwrap();
    let mut names = BTreeSet::new();
    collect_names(&written, &mut names);
    let expected = "active base_url confirm_above connections dialect effort enabled extra foreign frequency_penalty \
                    language linked_scroll max_tokens model name panels presence_penalty prompts provider recent \
                    sampling seed send_key sets shortcuts starred stop system temperature theme top_k top_p \
                    version view";
    assert_eq!(names.into_iter().collect::<Vec<_>>().join(" "), expected);
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                collect_names(value, names);
            }
        }
        _ => {}
    }
}

#[test]
fn a_key_that_was_written_in_by_hand_does_not_stay() {
    let text = json!({
        "version": 1, "key": "sk-secret", "keys": { "https://api.openai.com": "sk-secret" },
        "panels": [{
            "provider": "openai", "model": "m", "key": "sk-secret", "api_key": "sk-secret",
            "headers": { "authorization": "Bearer sk-secret" }, "base_url": "https://sk-secret@api.openai.com/v1",
            "sampling": { "key": "sk-secret", "temperature": "sk-secret" },
        }],
        "sets": [{ "name": "a", "key": "sk-secret", "panels": [{ "provider": "openai", "token": "sk-secret" }] }],
        "starred": [{ "provider": "openai", "model": "m", "key": "sk-secret" }],
        "language": "sk-secret-", "theme": "sk-secret", "view": "sk-secret",
    });
    let workspace = Workspace::from_json(&text.to_string());
    assert_eq!((workspace.panels.len(), workspace.sets.len(), workspace.starred.len()), (1, 1, 1));
    assert!(!workspace.to_json().contains("secret"));
    assert!(!format!("{workspace:?}").contains("secret"));
}

#[test]
fn hostile_texts_give_the_default() {
    let deep = format!("{{\"panels\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_objects = format!("{}1{}", "{\"panels\":".repeat(65), "}".repeat(65));
    let huge = format!("{{\"view\":\"tabs\",\"x\":\"{}\"}}", "x".repeat(16 << 20));
    let texts = [
        "",
        "\0",
        "null",
        "[]",
        "7",
        "NaN",
        "{",
        "{\"view\":\"tabs\"",
        "{\"view\":\"tabs\",\"active\":NaN}",
        "{\"view\":\"tabs\",\"active\":Infinity}",
        "{\"view\":\"tabs\",\"active\":1e}",
        "{\"view\":\"tabs\",\"x\":\"\\ud80\"}",
        "{\"view\":\"tabs\",\"x\":\"\u{0}\"}",
        "{\"view\":\"tabs\"} {}",
        "<html>",
        &deep,
        &deep_objects,
        &huge,
    ];
    for text in texts {
        let start: String = text.chars().take(40).collect();
        assert_eq!(Workspace::from_json(text), Workspace::default(), "{start}");
    }
}

#[test]
fn fields_of_the_wrong_kind_are_left_out_one_by_one() {
    let check = |fields: Value, expected: Workspace| {
        assert_eq!(Workspace::from_json(&fields.to_string()), expected, "{fields}");
    };
    let default = Workspace::default;
    let tabs = || Workspace { view: View::Tabs, ..default() };
    check(json!({ "view": "tabs", "version": 2, "later": { "a": [1] } }), tabs());
    check(json!({ "view": "tabs", "version": "x" }), tabs());
    check(json!({ "view": "tabs" }), tabs());
    check(json!({ "view": "tabs", "panels": {}, "sets": 1, "starred": "x", "recent": null }), tabs());
    check(json!({ "view": "tabs", "panels": [null, 1, [], {}], "sets": [{}, { "name": "" }] }), tabs());
    check(json!({ "view": "tabs", "starred": [{ "provider": "x" }, { "model": "y" }, "z"] }), tabs());
    check(json!({ "view": "tabs", "prompts": [1, null, "", " \n"] }), tabs());
    check(json!({ "view": "tabs", "linked_scroll": 1, "shortcuts": "false", "theme": 3 }), tabs());
    check(json!({ "view": "tabs", "confirm_above": -1, "connections": -1, "active": 1.5 }), tabs());
    check(json!({ "view": "tabs", "confirm_above": 1e18, "connections": 70000, "active": "1" }), tabs());
    check(json!({ "view": "tabs", "connections": 0, "language": "" }), tabs());
    check(json!({ "view": "tabs", "language": "en\"><b>", "send_key": "ENTER" }), tabs());
    check(json!({ "view": "table", "active": u64::MAX }), default());
    check(json!({ "language": "ja-JP" }), Workspace { language: Some("ja-JP".to_owned()), ..default() });
    check(json!({ "confirm_above": 0 }), Workspace { confirm_above: 0, ..default() });
}

#[test]
fn the_active_panel_exists() {
    let active = |panels: usize, active: u64| {
        let panel = json!({ "provider": "simulated", "model": "m" });
        let text = json!({ "panels": vec![panel; panels], "active": active }).to_string();
        Workspace::from_json(&text).active
    };
    assert_eq!([active(3, 2), active(3, 3), active(3, u64::MAX), active(0, 5)], [2, 2, 2, 0]);
}

#[test]
fn lists_are_bounded_and_keep_what_comes_first() {
    let panel = json!({ "provider": "simulated", "model": "m" });
    let models: Vec<_> = (0..2000).map(|n| json!({ "provider": "p", "model": n.to_string() })).collect();
    let sets: Vec<_> = (0..2000).map(|n| json!({ "name": n.to_string(), "panels": [] })).collect();
    let text = json!({
        "panels": vec![panel; 2000], "sets": sets, "starred": models, "recent": models,
        "prompts": (0..2000).map(|n| n.to_string()).collect::<Vec<_>>(),
    });
    let workspace = Workspace::from_json(&text.to_string());
    let lengths = [
        workspace.panels.len(),
        workspace.sets.len(),
        workspace.starred.len(),
        workspace.recent.len(),
        workspace.prompts.len(),
    ];
    assert_eq!(lengths, [MAX_PANELS, MAX_SETS, MAX_STARRED, MAX_RECENT, MAX_PROMPTS]);
    assert_eq!(workspace.recent.first(), Some(&model("p", "0")));
    assert_eq!(workspace.prompts.first().map(String::as_str), Some("0"));
}

#[test]
fn what_is_listed_twice_is_kept_once() {
    let twice = json!([{ "provider": "p", "model": "m" }, { "provider": "p", "model": "m" }]);
    let sets = json!([{ "name": "a", "panels": [{ "provider": "groq" }] }, { "name": "a" }]);
    let text = json!({ "starred": twice, "recent": twice, "sets": sets, "prompts": ["x", "x"] });
    let workspace = Workspace::from_json(&text.to_string());
    let lengths = [workspace.starred.len(), workspace.recent.len(), workspace.prompts.len()];
    assert_eq!(lengths, [1, 1, 1]);
    assert_eq!(workspace.sets.iter().map(|set| set.panels.len()).collect::<Vec<_>>(), [1]);
}

#[test]
fn prompts_come_back_the_latest_first() {
    let mut workspace = Workspace::default();
    for prompt in ["a", "b", "a", " ", "c"] {
        workspace.remember_prompt(prompt);
    }
    assert_eq!(workspace.prompts, ["c", "a", "b"]);
    for n in 0..2 * MAX_PROMPTS {
        workspace.remember_prompt(&n.to_string());
    }
    assert_eq!(workspace.prompts.len(), MAX_PROMPTS);
    // A long one makes room for itself; one that could never be kept changes nothing.
    workspace.remember_prompt(&"x".repeat(MAX_PROMPT_BYTES - 2));
    assert_eq!(workspace.prompts.len(), 2);
    let before = workspace.clone();
    workspace.remember_prompt(&"x".repeat(MAX_PROMPT_BYTES + 1));
    assert_eq!(workspace, before);
}

#[test]
fn models_are_starred_and_remembered() {
    let mut workspace = Workspace::default();
    let quick = model("simulated", "sim-quick");
    assert!(workspace.toggle_star(&quick));
    assert!(workspace.toggle_star(&model("groq", "sim-quick")));
    assert!(!workspace.toggle_star(&quick));
    assert_eq!(workspace.starred, [model("groq", "sim-quick")]);
    for n in 0..600 {
        workspace.remember_model(model("p", &n.to_string()));
        workspace.toggle_star(&model("p", &n.to_string()));
    }
    workspace.remember_model(model("p", "598"));
    assert_eq!(workspace.recent.len(), MAX_RECENT);
    assert_eq!(workspace.recent[..3], [model("p", "598"), model("p", "599"), model("p", "597")]);
    assert_eq!(workspace.starred.len(), MAX_STARRED);
}

#[test]
fn sets_are_kept_by_name() {
    let mut workspace = Workspace { panels: full().panels, ..Workspace::default() };
    assert!(workspace.save_set(" Both "));
    workspace.panels.truncate(1);
    assert!(workspace.save_set("One"));
    assert!(workspace.save_set("Both"));
    let sizes: Vec<_> = workspace.sets.iter().map(|set| (&*set.name, set.panels.len())).collect();
    assert_eq!(sizes, [("Both", 1), ("One", 1)]);
    assert!(!workspace.save_set("  "));
    assert!(!workspace.save_set(&"n".repeat(2001)));
    for n in 2..MAX_SETS {
        assert!(workspace.save_set(&n.to_string()));
    }
    assert!(!workspace.save_set("one too many"));
    assert!(workspace.save_set("One"));
    assert_eq!(workspace.sets.len(), MAX_SETS);
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let penalty = || proptest::option::of(-2.0..=2.0_f64);
    let numbers = (
        proptest::option::of(0.0..=2.0_f64),
        proptest::option::of(0.0..=1.0_f64),
        any::<Option<u32>>(),
        proptest::option::of(1..=u32::MAX),
        any::<Option<i64>>(),
        penalty(),
        penalty(),
    );
    let effort = proptest::option::of(proptest::sample::select(Effort::ALL.to_vec()));
    (numbers, proptest::collection::vec("(?s).{1,9}", 0..4), effort).prop_map(
        |(
            (temperature, top_p, top_k, max_tokens, seed, presence_penalty, frequency_penalty),
            stop,
            effort,
        )| {
            Sampling {
                temperature,
                top_p,
                top_k,
                max_tokens,
                stop,
                seed,
                presence_penalty,
                frequency_penalty,
                effort,
            }
        },
    )
}

fn panel() -> impl Strategy<Value = PanelSettings> {
    let rows: Vec<_> = catalog::all().iter().chain(catalog::custom()).chain([catalog::simulated()]).collect();
    let row = proptest::sample::select(rows);
    let address =
        proptest::option::of("https?://[a-z]{1,8}\\.(example|local)(:[1-9][0-9]{0,3})?(/v[0-9])?/?");
    let texts = ("(?s).{0,20}", "(?s).{0,40}", "(?s).{0,40}");
    (row, any::<prop::sample::Index>(), address, texts, sampling(), any::<bool>()).prop_map(
        |(row, dialect, address, (model, system, extra), sampling, enabled)| {
            let new = PanelSettings::new(row, &model);
            let base_url = address.unwrap_or_else(|| new.base_url.clone());
            PanelSettings {
                dialect: *dialect.get(&row.dialects),
                base_url,
                system,
                sampling,
                extra,
                enabled,
                ..new
            }
        },
    )
}

fn panels() -> impl Strategy<Value = Vec<PanelSettings>> {
    proptest::collection::vec(panel(), 0..4)
}

fn workspace() -> impl Strategy<Value = Workspace> {
    let lists = (panels(), panels(), "(?s).{1,20}", "(?s).{0,20}", "(?s)[a-z\u{0}\u{10ffff}]{1,9}");
    let choices = (
        proptest::sample::select(View::ALL),
        proptest::sample::select(SendKey::ALL),
        proptest::sample::select(Theme::ALL),
        any::<prop::sample::Index>(),
    );
    let rest = (
        any::<bool>(),
        any::<bool>(),
        any::<u32>(),
        proptest::option::of(1..=u16::MAX),
        proptest::option::of("[a-z]{2,3}(-[A-Z]{2})?"),
    );
    (lists, choices, rest).prop_map(
        |(
            (panels, in_set, name, id, prompt),
            (view, send_key, theme, active),
            (linked_scroll, shortcuts, confirm_above, connections, language),
        )| Workspace {
            active: if panels.is_empty() { 0 } else { active.index(panels.len()) },
            panels,
            starred: vec![model(&id, &name), model(&name, &id)],
            recent: vec![model(&name, &prompt)],
            sets: vec![ModelSet { name, panels: in_set }],
            view,
            linked_scroll,
            send_key,
            shortcuts,
            confirm_above,
            connections,
            language,
            theme,
            prompts: vec![prompt],
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_workspace_survives_a_reload(workspace in workspace()) {
        prop_assume!(workspace.starred[0] != workspace.starred[1]);
        prop_assert_eq!(Workspace::from_json(&workspace.to_json()), workspace);
    }

    #[test]
    fn any_text_is_read_into_something_that_stays(text in "(?s).{0,200}", cut in any::<prop::sample::Index>()) {
        let read = |text: &str| {
            let workspace = Workspace::from_json(text);
            (Workspace::from_json(&workspace.to_json()), workspace)
        };
        let (again, workspace) = read(&text);
        prop_assert_eq!(again, workspace);
        // And a real one, broken off or with something foreign in it.
        let mut broken = full().to_json();
        let at = cut.index(broken.len());
        if broken.is_char_boundary(at) {
            let (again, workspace) = read(&broken[..at]);
            prop_assert_eq!(again, workspace);
            broken.insert_str(at, &text);
            let (again, workspace) = read(&broken);
            prop_assert_eq!(again, workspace);
        }
    }
}
