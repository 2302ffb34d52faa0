//! Everything by keyboard.

use serde_json::Value;
use thirtyfour::{Key, TypingData};
use tutti_e2e::{Browser, Phase, Result, journey_with};

use crate::stand_ins::{PROMPT, World};

#[tokio::test]
async fn a_run_needs_no_mouse() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        // From the top of the page to the prompt, past everything that can be used.
        let path = tab_until(browser, "#prompt").await?;
        for stop in ["language", "open-settings", "model", "more", "add-panel"] {
            assert!(path.iter().any(|name| name == stop), "{stop} is not on the way: {path:?}");
        }
        browser.press_keys(TypingData::from(PROMPT) + Key::Enter).await?;
        page.wait_until_all_have_text().await?;
        // What was sent leaves room for the next one, and the focus stays.
        assert_eq!(focused(browser).await?, "prompt");
        assert_eq!(page.prompt().await?, "");

        // Shift and Enter break the line, and nothing is sent.
        browser.press_keys(TypingData::from("one") + Key::Shift + Key::Enter).await?;
        browser.press_keys("two").await?;
        assert_eq!(page.prompt().await?, "one\ntwo");

        // From a panel, its number and its letters.
        browser.find("h1").await?.click().await?;
        browser.press_keys("3").await?;
        page.wait_until("the focus in panel 3", "panels()[2].contains(document.activeElement)", Value::Null)
            .await?;
        browser.press_keys("s").await?;
        page.panel(2).wait_for_phase(Phase::Stopped).await?;
        browser.press_keys("r").await?;
        page.panel(2).wait_for_text().await?;
        browser.press_keys(Key::Shift + Key::Escape).await?;
        page.wait_until(
            "everything at rest",
            "panels().every((panel) => ['stopped', 'finished'].includes(panel.dataset.phase))",
            Value::Null,
        )
        .await?;

        // Help opens and closes, and gives the focus back.
        let before = focused(browser).await?;
        browser.press_keys("?").await?;
        page.wait_until(
            "the list of keys",
            "document.querySelector('#shortcuts').matches(':modal')",
            Value::Null,
        )
        .await?;
        browser.press_keys(Key::Escape + "").await?;
        page.wait_until("the list closed", "!document.querySelector('#shortcuts').open", Value::Null).await?;
        assert_eq!(focused(browser).await?, before);

        // One panel large, and back.
        browser.press_keys("f").await?;
        page.wait_until("one panel", "panels().filter(isSeen).length === 1", Value::Null).await?;
        browser.press_keys(Key::Escape + "").await?;
        page.wait_until("all panels", "panels().every(isSeen)", Value::Null).await
    })
    .await;
}

#[tokio::test]
async fn panels_are_ordered_and_switched_by_keys_and_prompts_come_back() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        let order = async || -> Result<Vec<String>> {
            Ok(page.panels().await?.into_iter().map(|panel| panel.model).collect())
        };
        assert_eq!(order().await?, ["sim-quick", "sim-steady", "sim-thinker"]);
        let chip = browser.nth("#chips [data-chip]", 0).await?;
        chip.send_keys(Key::Alt + Key::Right + Key::Null).await?;
        assert_eq!(order().await?, ["sim-steady", "sim-quick", "sim-thinker"]);
        page.panel(2).choose_from_menu("left").await?;
        assert_eq!(order().await?, ["sim-steady", "sim-thinker", "sim-quick"]);

        // What is switched off is not asked.
        browser.nth("#chips [data-chip]", 1).await?.send_keys(" ").await?;
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_text().await?;
        assert_eq!(page.panel(1).phase().await?, Phase::Idle);
        page.stop_all().await?;
        page.panel(0).wait_for_phase(Phase::Stopped).await?;

        let prompt = browser.find("textarea#prompt").await?;
        prompt.send_keys(Key::Up + "").await?;
        assert_eq!(page.prompt().await?, PROMPT);
        prompt.send_keys(Key::Down + "").await?;
        assert_eq!(page.prompt().await?, "");
        Ok(())
    })
    .await;
}

/// The name of what has the focus.
async fn focused(browser: &Browser) -> Result<String> {
    let script = "const it = document.activeElement; return it.id || it.name || it.className || it.tagName;";
    browser.read(script, Value::Null).await
}

/// Presses Tab until this has the focus; the answer is what had it on the way.
async fn tab_until(browser: &Browser, css: &str) -> Result<Vec<String>> {
    let mut path = Vec::new();
    for _ in 0..120 {
        browser.tab_on().await?;
        let is_there = "return document.activeElement.matches(args);";
        if browser.read::<bool>(is_there, css.into()).await? {
            return Ok(path);
        }
        path.push(focused(browser).await?);
    }
    Err(format!("Tab does not lead to {css}, but along {path:?}").into())
}
