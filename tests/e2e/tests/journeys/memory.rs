//! What the page remembers, and what can be taken back.

use tutti_e2e::{ComparePage, Phase, Result, journey_with};
use tutti_test_server::Replay;

use crate::stand_ins::{ANTHROPIC, OPENAI, PROMPT, World, chat_answer};

#[tokio::test]
async fn a_reload_keeps_the_panels_the_settings_the_draft_and_the_key() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(ANTHROPIC, Replay::of(&ANTHROPIC.recorded_answer()?));
        let page = world.open(browser).await?;
        page.panel(2).remove().await?;
        ANTHROPIC.set_up(&page, 1).await?;
        let setup = page.panel(1).setup().await?;
        setup.set("system", "Answer as a conductor.").await?;
        setup.set("temperature", "0.25").await?;
        setup.set("extra", r#"{"metadata": {"user_id": "u1"}}"#).await?;
        setup.close().await?;
        let settings = page.open_settings().await?;
        settings.choose_theme("dark").await?;
        settings.close().await?;
        page.set_prompt(PROMPT).await?;

        let page = page.reload().await?;
        assert_eq!(models(&page).await?, ["sim-quick", "test-model-1"]);
        assert_eq!(page.prompt().await?, PROMPT);
        let setup = page.panel(1).setup().await?;
        assert_eq!(setup.value("provider").await?, "anthropic");
        assert_eq!(setup.value("system").await?, "Answer as a conductor.");
        assert_eq!(setup.value("temperature").await?, "0.25");
        // A key is nothing that a field shows.
        assert_eq!(setup.value("key").await?, "");
        setup.close().await?;
        let is_dark = "return document.documentElement.dataset.theme === 'dark';";
        assert!(browser.read::<bool>(is_dark, serde_json::Value::Null).await?);

        page.send().await?;
        page.panel(1).wait_for_phase(Phase::Finished).await?;
        ANTHROPIC.check_request(&host);
        let body: serde_json::Value = serde_json::from_slice(&host.requests()[0].body)?;
        assert_eq!(body["temperature"], 0.25);
        assert_eq!(body["metadata"]["user_id"], "u1");
        assert!(body["system"].to_string().contains("Answer as a conductor."), "{body}");
        // What was not set is not sent.
        assert_eq!(body.get("top_p"), None);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_panel_that_was_removed_comes_back_with_its_answer() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, chat_answer(["Tutti ", "means all."]));
        let page = world.open_with(browser, &[OPENAI, OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        let before = page.panels().await?;
        page.panel(0).remove().await?;
        page.undo().await?;
        page.wait_for_panel_count(2).await?;
        let is_drawn = "(panels()[args].querySelector('.reply[data-whole]')?.textContent ?? '') !== ''";
        page.panel(0).wait_until("the answer drawn anew", is_drawn).await?;
        let after = page.panels().await?;
        assert_eq!(after[0].text, "Tutti means all.");
        assert_eq!(after, before);
        assert_eq!(host.requests().len(), 2);

        page.panel(1).duplicate().await?;
        page.panel(2).choose_model("another-model").await?;
        assert_eq!(models(&page).await?, ["test-model-1", "test-model-1", "another-model"]);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn sets_of_models_are_kept_under_names() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        let before = models(&page).await?;
        let sets = page.open_sets().await?;
        sets.save_as("첫 세트").await?;
        sets.close().await?;
        page.panel(2).remove().await?;
        page.panel(0).choose_model("sim-long").await?;

        let page = page.reload().await?;
        assert_eq!(models(&page).await?, ["sim-long", "sim-steady"]);
        let sets = page.open_sets().await?;
        sets.load("첫 세트").await?;
        page.wait_for_panel_count(3).await?;
        assert_eq!(models(&page).await?, before);
        // What was there before can be had back.
        page.undo().await?;
        page.wait_for_panel_count(2).await?;
        let sets = page.open_sets().await?;
        sets.delete("첫 세트").await?;
        sets.close().await?;
        let page = page.reload().await?;
        assert!(!page.open_sets().await?.has("[data-set]").await?);
        Ok(())
    })
    .await;
}

async fn models(page: &ComparePage<'_>) -> Result<Vec<String>> {
    Ok(page.panels().await?.into_iter().map(|panel| panel.model).collect())
}
