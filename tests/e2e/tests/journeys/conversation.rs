//! Conversations: each model its own history, versions, branches, and nothing lost.

use serde_json::Value;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{Browser, ComparePage, Phase, Result, journey};
use tutti_test_server::{Mount, Replay, TestServer};

use crate::offline::saved;
use crate::stand_ins::{MODEL, chat_answer, numbered, open_again, page_server};

/// What of answers that are still coming is written down.
const SEGMENTS: &str = "
    const of = (request) => new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
    });
    const database = await of(indexedDB.open('tutti'));
    const all = await of(database.transaction('segments').objectStore('segments').getAll());
    database.close();
    return JSON.stringify(all);";

/// Two servers of one's own, which need no key.
pub struct Two {
    pub one: Mount,
    pub other: Mount,
    pub site: TestServer,
    #[expect(dead_code, reason = "held for its drop")]
    servers: TestServer,
}

impl Two {
    pub async fn new(one: impl Fn() -> Vec<Replay>, other: impl Fn() -> Vec<Replay>) -> Result<Self> {
        let servers = TestServer::start().await;
        let (one, other) = (servers.mount("one", one()), servers.mount("other", other()));
        Ok(Self { one, other, site: page_server().await?, servers })
    }

    pub async fn open<'b>(&self, browser: &'b Browser) -> Result<ComparePage<'b>> {
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = |mount: &Mount| PanelSettings {
            base_url: mount.url().to_owned(),
            ..PanelSettings::new(row, MODEL)
        };
        let saved = Workspace { panels: vec![panel(&self.one), panel(&self.other)], ..Workspace::default() };
        open_again(browser, &format!("{}/", self.site.base_url()), &saved).await
    }

    /// The page with an empty comparison, after another one in which something was asked.
    pub async fn begin_anew<'b>(&self, browser: &'b Browser) -> Result<ComparePage<'b>> {
        let page = self.open(browser).await?;
        ask(&page, "first").await?;
        page.press("#new-comparison").await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        Ok(page)
    }
}

/// Role and text of every message of a request, in order.
pub fn said(mount: &Mount, request: usize) -> Vec<(String, String)> {
    let requests = mount.requests();
    // Lists of models are asked for too.
    let mut bodies = requests.iter().map(|it| it.body_text()).filter(|body| !body.is_empty());
    let body: Value = serde_json::from_str(&bodies.nth(request).expect("a question")).expect("JSON");
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        parts => parts.as_array().into_iter().flatten().filter_map(|part| part["text"].as_str()).collect(),
    };
    let messages = body["messages"].as_array().expect("messages").iter();
    messages.map(|it| (it["role"].as_str().unwrap_or_default().to_owned(), text(&it["content"]))).collect()
}

pub fn turns(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(role, text)| ((*role).to_owned(), (*text).to_owned())).collect()
}

pub async fn ask(page: &ComparePage<'_>, prompt: &str) -> Result {
    page.ask(prompt).await?;
    page.wait_for_all(Phase::Finished).await
}

#[tokio::test]
async fn each_model_is_sent_its_own_history_and_no_other() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 5), numbered("blue", 5)).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        ask(&page, "second").await?;
        for (mount, name) in [(&two.one, "red"), (&two.other, "blue")] {
            let answer = format!("{name} 1");
            assert_eq!(
                said(mount, 1),
                turns(&[("user", "first"), ("assistant", &answer), ("user", "second")])
            );
        }
        browser.screenshot("two-turns").await?;

        // Another answer to the second: the first one stays, and the chosen one goes on.
        page.panel(0).press("button[name=retry]").await?;
        page.panel(0).wait_until("another version", "view(panels()[args]).text === 'red 3'").await?;
        assert_eq!(said(&two.one, 2), said(&two.one, 1));
        page.panel(0).press(".last-acts button[name=version-before]").await?;
        page.panel(0).wait_until("the version before", "view(panels()[args]).text === 'red 2'").await?;
        ask(&page, "third").await?;
        let history = [("user", "first"), ("assistant", "red 1"), ("user", "second"), ("assistant", "red 2")];
        assert_eq!(said(&two.one, 3), [turns(&history), turns(&[("user", "third")])].concat());

        // The second in other words: a branch, in which the third was never asked.
        page.panel(0).press(".past .turn:nth-of-type(2) button[name=edit]").await?;
        let is_taken_up = "document.querySelector('#prompt').value === 'second'";
        page.wait_until("the prompt is in the composer", is_taken_up, Value::Null).await?;
        let prompt = page.prompt().await? + "!";
        ask(&page, &prompt).await?;
        let history = [("user", "first"), ("assistant", "red 1"), ("user", "second!")];
        assert_eq!(said(&two.one, 4), turns(&history));
        // And back: all of the first branch is there.
        page.panel(0).press(".last-said button[name=branch-before]").await?;
        page.panel(1).wait_until("the first branch", "view(panels()[args]).text === 'blue 3'").await?;
        browser.screenshot("branch").await
    })
    .await;
}

#[tokio::test]
async fn a_reload_brings_the_conversation_back_and_sends_nothing() {
    journey(async |browser| {
        let first = || chat_answer(["**one**"]);
        let held = || chat_answer(["half ", "an answer", " never comes"]).gated(2);
        let refusal = || Replay::json(400, r#"{"error":{"message":"no prefill"}}"#);
        let two = Two::new(
            move || vec![first(), chat_answer(["red two"]), chat_answer(["red three"])],
            move || vec![first(), held(), refusal(), chat_answer(["blue three"])],
        )
        .await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.ask("second").await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(1)
            .wait_until("half an answer", "view(panels()[args]).text.includes('half an answer')")
            .await?;
        // What is written down is written soon.
        while !page.read_later::<String>(SEGMENTS, Value::Null).await?.contains("an answer") {}
        let page = page.reload().await?;
        page.panel(1).wait_until("its text", "view(panels()[args]).text.trim() === 'half an answer'").await?;
        page.panel(1).wait_for_phase(Phase::Truncated).await?;
        page.panel(0).wait_until("its text", "view(panels()[args]).text === 'red two'").await?;
        for at in 0..2 {
            let has_past = "panels()[args].querySelector('.past .prose strong')?.textContent === 'one'";
            page.panel(at).wait_until("the first turn", has_past).await?;
        }
        assert_eq!((two.one.requests().len(), two.other.requests().len()), (2, 2));
        browser.screenshot("back").await?;

        // It can be continued: within itself, and where the host does not take that, what came is an assistant's
        // turn, and what asks for more is seen.
        page.panel(1).press(".last-acts button[name=go-on]").await?;
        page.panel(1).wait_for_error().await?;
        let history = said(&two.other, 2);
        assert_eq!(history[2..], turns(&[("user", "second"), ("assistant", "half an answer")]));
        page.panel(1).press(".last-acts button[name=go-on]").await?;
        page.panel(1).wait_until("the rest", "view(panels()[args]).text === 'blue three'").await?;
        let history = said(&two.other, 3);
        assert_eq!(history[2..4], turns(&[("user", "second"), ("assistant", "half an answer")]));
        assert_eq!((history.len(), &*history[4].0), (5, "user"));
        assert_eq!(two.one.requests().len(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_stopped_goes_on_where_it_was() {
    journey(async |browser| {
        let half = || chat_answer(["half", " never comes"]).gated(1);
        let two = Two::new(
            move || vec![half(), chat_answer([" way", " there"]), chat_answer(["next"])],
            || vec![chat_answer(["whole"]), chat_answer(["next"])],
        )
        .await?;
        let page = two.open(browser).await?;
        page.ask("first").await?;
        page.panel(0).wait_until("a half", "view(panels()[args]).text === 'half'").await?;
        page.panel(0).stop().await?;
        page.panel(0).wait_for_phase(Phase::Stopped).await?;
        page.panel(0).press(".last-acts button[name=go-on]").await?;
        let focus = "document.activeElement?.matches('header :is([name=stop], [name=retry])')";
        page.wait_until("the focus", focus, Value::Null).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(0).wait_until("all of it", "view(panels()[args]).text === 'half way there'").await?;
        assert_eq!(said(&two.one, 1), turns(&[("user", "first"), ("assistant", "half")]));
        assert_eq!(two.other.requests().len(), 1);
        // It is one answer from now on, also after a reload.
        let page = page.reload().await?;
        page.panel(0).wait_until("all of it", "view(panels()[args]).text === 'half way there'").await?;
        ask(&page, "second").await?;
        let history = [("user", "first"), ("assistant", "half way there"), ("user", "second")];
        assert_eq!(said(&two.one, 2), turns(&history));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_recovery_page_saves_what_the_program_reads_again() {
    journey(async |browser| {
        let held = || chat_answer(["half ", "an answer", " never comes"]).gated(2);
        let two = Two::new(|| vec![chat_answer(["**one**"])], move || vec![held()]).await?;
        let page = two.open(browser).await?;
        page.ask("first").await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(1).wait_until("half an answer", "view(panels()[args]).text.includes('half an')").await?;
        while !page.read_later::<String>(SEGMENTS, Value::Null).await?.contains("an answer") {}
        browser.visit(&format!("{}/recovery.html", two.site.base_url())).await?;
        let is_ready = "return document.querySelector('#save:not([hidden])') !== null;";
        while !browser.read::<bool>(is_ready, Value::Null).await? {}
        let (whole, preview) = saved(browser).await?;
        assert_eq!((preview.title.as_str(), preview.rounds, preview.columns), ("first", 1, 2));
        let texts: Vec<&str> = whole.answers.values().map(|answer| answer.text.as_str()).collect();
        assert_eq!(texts, ["**one**", "half an answer"]);
        assert!(whole.comparison.was_cut());
        browser.screenshot("recovery").await
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_can_be_looked_at_and_an_answer_marked() {
    journey(async |browser| {
        let two = Two::new(|| vec![chat_answer(["red"])], || vec![chat_answer(["blue"])]).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.set_prompt("second").await?;
        page.panel(1).choose_from_menu("request").await?;
        let request = "[...document.querySelectorAll('#request pre')].map((it) => it.textContent)";
        page.wait_until("both requests", &format!("{request}.length === 2"), Value::Null).await?;
        let shown: Vec<String> = page.read(&format!("return {request};"), Value::Null).await?;
        assert!(shown[0].starts_with("POST ") && shown[0].contains("\"content\": \"blue\""), "{}", shown[0]);
        assert!(shown[0].contains("\"content\": \"second\"") && !shown[0].contains("red"), "{}", shown[0]);
        assert!(!shown[1].contains("second") && shown[1].contains("\"content\": \"first\""), "{}", shown[1]);
        // To the letter: what went out is what is shown.
        let sent: Value = serde_json::from_str(&two.other.requests()[0].body_text()).expect("JSON");
        let body = shown[1].split_once("\n\n").map(|(_, body)| body).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Value>(body).expect("JSON"), sent);
        page.press("#request [name=close]").await?;

        page.panel(1).choose_from_menu("pick").await?;
        page.panel(1).wait_for(".winner").await?;
        page.panel(1).choose_from_menu("note").await?;
        page.panel(1).wait_for("[name=note-text]").await?;
        page.panel(1).find("[name=note-text]").await?.send_keys("더 낫다").await?;
        page.panel(0).find(".body").await?.click().await?;
        let page = page.reload().await?;
        page.panel(1).wait_for(".winner").await?;
        let note = "panels()[args].querySelector('[name=note-text]')?.value === '더 낫다'";
        page.panel(1).wait_until("the note", note).await?;
        assert!(!page.panel(0).shows(".winner").await?);
        browser.screenshot("marked").await
    })
    .await;
}

#[tokio::test]
async fn the_last_answer_is_quoted_to_all_and_left_out_of_what_is_remembered() {
    journey(async |browser| {
        let twice = |name: &'static str| move || vec![chat_answer([name]), chat_answer(["thanks"])];
        let two = Two::new(twice("red"), twice("blue")).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.panel(0).choose_from_menu("keep").await?;
        page.panel(0).wait_for("[name=keep-turn][aria-pressed=false]").await?;
        page.panel(1).choose_from_menu("quote").await?;
        page.wait_until("the quoted answer", "document.querySelector('[name=detach]') !== null", Value::Null)
            .await?;
        ask(&page, "second").await?;
        let (one, other) = (said(&two.one, 1), said(&two.other, 1));
        assert_eq!(one.len(), 1, "{one:?}");
        assert!(one[0].1.contains("second") && one[0].1.contains("blue"), "{one:?}");
        assert_eq!(other[..2], turns(&[("user", "first"), ("assistant", "blue")])[..]);
        assert_eq!(other[2], one[0]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_panel_added_before_a_reload_takes_no_others_past() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        // The new one stands between the two, and is of the same model as both.
        page.panel(0).duplicate().await?;
        let page = page.reload().await?;
        page.panel(2).wait_until("its past", "view(panels()[args]).text === 'blue 1'").await?;
        ask(&page, "second").await?;
        let past = |name: &str| turns(&[("user", "first"), ("assistant", name), ("user", "second")]);
        assert_eq!(said(&two.other, 1), past("blue 1"));
        let mut of_one = vec![said(&two.one, 1), said(&two.one, 2)];
        of_one.sort_by_key(Vec::len);
        assert_eq!(of_one, [turns(&[("user", "second")]), past("red 1")]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_prompt_that_could_not_be_sent_is_mended_and_nothing_is_damaged_by_it() {
    journey(async |browser| {
        let answers = || vec![chat_answer(["one"]), chat_answer(["two"])];
        let two = Two::new(answers, answers).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        for index in 0..2 {
            page.panel(index).choose_model("").await?;
        }
        page.ask("to nobody").await?;
        page.panel(1).wait_for_error().await?;
        page.panel(0).choose_from_menu("pick").await?;
        for index in 0..2 {
            page.panel(index).choose_model(MODEL).await?;
        }
        page.set_prompt("").await?;
        ask(&page, "mended").await?;
        let expected = turns(&[("user", "first"), ("assistant", "one"), ("user", "mended")]);
        assert_eq!((said(&two.one, 1), said(&two.other, 1)), (expected.clone(), expected));
        let page = page.reload().await?;
        page.panel(1).wait_until("what was answered", "view(panels()[args]).text === 'two'").await?;
        let branches = "[...document.querySelectorAll('.pager')].filter(isSeen).length === 0";
        page.wait_until("no other wording", branches, Value::Null).await
    })
    .await;
}
