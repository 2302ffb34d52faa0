//! Earlier turns and earlier comparisons: marked, stepped through, come back to; and where the focus is meanwhile.

use serde_json::{Value, json};
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{ComparePage, Phase, Result, journey};
use tutti_test_server::TestServer;

use crate::conversation::{Two, ask};
use crate::stand_ins::{MODEL, chat_answer, lists_asked, numbered, open_again, page_server};

async fn focus_is(page: &ComparePage<'_>, what: &str, selector: &str) -> Result {
    page.wait_until(what, "document.activeElement?.matches(args)", json!(selector)).await
}

#[tokio::test]
async fn an_earlier_answer_is_the_best_and_a_note_is_typed_while_answers_end() {
    journey(async |browser| {
        let answers = || vec![chat_answer(["one"]), chat_answer(["half ", "of two"]).gated(1)];
        let two = Two::new(answers, answers).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.ask("second").await?;
        page.panel(0).wait_until("half an answer", "view(panels()[args]).text.trim() === 'half'").await?;

        // Of the last answer, while it still comes.
        page.panel(0).choose_from_menu("note").await?;
        focus_is(&page, "the note", ".last-acts [name=note-text]").await?;
        page.panel(0).find(".last-acts [name=note-text]").await?.send_keys("더 ").await?;
        two.one.release_all();
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(0).wait_until("all of it", "view(panels()[args]).text === 'half of two'").await?;
        focus_is(&page, "the note still", ".last-acts [name=note-text]").await?;
        page.panel(0).find(".last-acts [name=note-text]").await?.send_keys("낫다").await?;

        // Of an earlier one.
        page.panel(1).press(".past [name=pick-turn]").await?;
        page.panel(1).wait_for(".past [name=pick-turn][aria-pressed=true]").await?;
        page.panel(1).press(".past [name=note-turn]").await?;
        focus_is(&page, "the note of the earlier one", ".past [name=note-text]").await?;
        page.panel(1).find(".past [name=note-text]").await?.send_keys("why ").await?;
        two.other.release_all();
        page.wait_for_all(Phase::Finished).await?;
        page.panel(1).wait_until("all of it", "view(panels()[args]).text === 'half of two'").await?;
        focus_is(&page, "the note of the earlier one still", ".past [name=note-text]").await?;
        page.panel(1).find(".past [name=note-text]").await?.send_keys("not").await?;
        browser.screenshot("earlier-marked").await?;

        let page = page.reload().await?;
        let noted = |at: &str, text: &str| {
            format!("panels()[args].querySelector('{at} [name=note-text]')?.value === '{text}'")
        };
        page.panel(0).wait_until("the note", &noted(".last-acts", "더 낫다")).await?;
        page.panel(1).wait_until("the note of the earlier one", &noted(".past", "why not")).await?;
        page.panel(1).wait_for(".past [name=pick-turn][aria-pressed=true]").await?;
        page.panel(0).wait_for(".past [name=pick-turn][aria-pressed=false]").await?;
        assert!(!page.panel(1).shows(".last-acts .winner").await?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_focus_goes_to_what_took_the_place_of_what_was_pressed() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 6), numbered("blue", 6)).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.panel(0).press("button[name=retry]").await?;
        page.panel(0).wait_until("another version", "view(panels()[args]).text === 'red 2'").await?;
        ask(&page, "second").await?;
        let in_past = |panel: usize, text: &str| {
            let past = format!("panels()[{panel}].querySelector('.past .prose')?.textContent");
            format!("{past} === '{text}'")
        };

        // A version of an earlier turn: the turn is another one then.
        page.panel(0).press(".past [name=version-before]").await?;
        page.wait_until("the version before", &in_past(0, "red 1"), Value::Null).await?;
        focus_is(&page, "the step back", ".past [name=version-before]").await?;
        page.panel(0).press(".past [name=version-after]").await?;
        page.wait_until("the version after", &in_past(0, "red 2"), Value::Null).await?;
        focus_is(&page, "the step on", ".past [name=version-after]").await?;

        // A wording of an earlier one: what was earlier stands last, and the other way round.
        page.panel(0).press(".past [name=edit]").await?;
        let is_taken_up = "document.querySelector('#prompt').value === 'first'";
        page.wait_until("the prompt is in the composer", is_taken_up, Value::Null).await?;
        ask(&page, "!").await?;
        page.panel(0).press(".last-said [name=branch-before]").await?;
        page.wait_until("the first wording", &in_past(0, "red 2"), Value::Null).await?;
        focus_is(&page, "the step back", ".past [name=branch-before]").await?;
        page.panel(0).press(".past [name=branch-after]").await?;
        page.panel(0).wait_until("the other wording", "view(panels()[args]).text === 'red 4'").await?;
        focus_is(&page, "the step on", ".last-said [name=branch-after]").await?;

        // What is remembered again is said no more.
        page.panel(1).choose_from_menu("keep").await?;
        page.panel(1).press(".last-acts [name=keep-turn]").await?;
        let is_gone = "!panels()[args].querySelector('.last-acts [name=keep-turn]')";
        page.panel(1).wait_until("the button is gone", is_gone).await?;
        focus_is(&page, "its answer", ".body").await
    })
    .await;
}

#[tokio::test]
async fn what_stood_there_comes_back_after_another_comparison_was_opened() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.begin_anew(browser).await?;
        // Three panels that nobody has asked, and what is being written.
        page.panel(0).duplicate().await?;
        page.set_prompt("a draft").await?;
        let open = "document.querySelector('#history:modal [name=open]') !== null";
        page.press("#open-history").await?;
        page.wait_until("the history", open, Value::Null).await?;
        page.press("#history [name=open]").await?;
        page.wait_for_panel_count(2).await?;
        page.panel(0).wait_until("its answer", "view(panels()[args]).text === 'red 1'").await?;
        page.undo().await?;
        page.wait_for_panel_count(3).await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        assert_eq!(page.prompt().await?, "a draft");
        // And the other way: what `Undo` put away is the next step.
        page.undo().await?;
        page.wait_for_panel_count(2).await?;
        page.panel(1).wait_until("its answer", "view(panels()[args]).text === 'blue 1'").await?;

        // Named meanwhile, it comes back all the same.
        page.press("#new-comparison").await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        page.press("#open-history").await?;
        page.wait_until("the history", open, Value::Null).await?;
        page.press("#history [name=more]").await?;
        page.wait_until("its title", "document.querySelector('#history [name=title]') !== null", Value::Null)
            .await?;
        let field = browser.find("#history [name=title]").await?;
        field.send_keys("a name\u{e007}").await?;
        let is_named = "document.querySelector('#history .title')?.textContent.endsWith('a name')";
        page.wait_until("the name", is_named, Value::Null).await?;
        page.press("#history [name=close]").await?;
        page.undo().await?;
        page.panel(1).wait_until("its answer", "view(panels()[args]).text === 'blue 1'").await?;
        ask(&page, "second").await?;
        page.press("#open-history").await?;
        page.wait_until("the name", is_named, Value::Null).await
    })
    .await;
}

#[tokio::test]
async fn that_a_model_cannot_take_it_is_said_after_a_reload_too() {
    journey(async |browser| {
        let servers = TestServer::start().await;
        let list = json!({"data": [{"id": MODEL, "context_length": 1000}]}).to_string();
        let small = servers.mount("small", vec![chat_answer(["one"]), chat_answer(["two"])]).models(list);
        let site = page_server().await?;
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = PanelSettings { base_url: small.url().to_owned(), ..PanelSettings::new(row, MODEL) };
        let saved = Workspace { panels: vec![panel], ..Workspace::default() };
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;
        page.panel(0).choose_listed_model(MODEL).await?;
        ask(&page, &"many words ".repeat(60)).await?;
        page.set_prompt(&"many more words ".repeat(60)).await?;
        let is_said = "panels()[args].querySelector('.window-line [name=trim]') !== null";
        page.panel(0).wait_until("that it does not fit", is_said).await?;
        let before = lists_asked(&small);
        let page = page.reload().await?;
        page.panel(0).wait_until("that it does not fit", is_said).await?;
        assert_eq!(lists_asked(&small), before, "the list was asked for again");

        // The focus stays where the button was, and goes on where there is none any more.
        page.panel(0).press(".window-line [name=trim]").await?;
        let is_other =
            "panels()[args].querySelector('.window-line .hint')?.textContent.includes('not sent along')";
        page.panel(0).wait_until("what is left out", is_other).await?;
        focus_is(&page, "the way back", ".window-line [name=trim]").await
    })
    .await;
}

/// What ended is announced two seconds later: here when it is asked for.
const HOLD: &str = "
    window.announcements = [];
    const set = window.setInterval;
    window.setInterval = (act, ms, ...rest) => ms === 2000 ? announcements.push(act) : set(act, ms, ...rest);";

#[tokio::test]
async fn answers_that_are_not_shown_any_more_are_not_announced() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.open(browser).await?;
        ask(&page, "first").await?;
        page.wait_for_status("2 of 2").await?;
        page.press("#new-comparison").await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        page.read::<Value>(HOLD, Value::Null).await?;
        ask(&page, "second").await?;
        page.wait_until("something to announce", "announcements.length > 0", Value::Null).await?;
        page.press("#open-history").await?;
        let both = "document.querySelectorAll('#history:modal [name=open]').length === 2";
        page.wait_until("the history", both, Value::Null).await?;
        page.press("#history [aria-posinset='2'] [name=open]").await?;
        page.panel(0).wait_until("the first answer", "view(panels()[args]).text === 'red 1'").await?;
        page.read::<Value>("announcements.forEach((announce) => announce());", Value::Null).await?;
        assert_eq!(page.status().await?, "");
        Ok(())
    })
    .await;
}
