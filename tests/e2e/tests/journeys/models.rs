//! Which model: from the provider's own list, or typed.

use serde_json::Value;
use thirtyfour::{Key, TypingData};
use tutti_e2e::{ComparePage, Panel, Phase, Result, journey_with};
use tutti_test_server::Replay;

use crate::stand_ins::{OPENAI, PROMPT, World, chat_answer};

const LIST: &str = r#"{"data": [
    {"id": "brass-large", "object": "model"},
    {"id": "brass-small", "object": "model"},
    {"id": "strings", "object": "model"}
]}"#;

#[tokio::test]
async fn models_come_from_the_providers_own_list_and_any_other_can_be_typed() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, chat_answer(["Tutti."])).models(LIST);
        let page = world.open_with(browser, &[OPENAI]).await?;
        let panel = page.panel(0);
        open_list(&page, panel).await?;
        assert_eq!(listed(panel).await?, ["brass-large", "brass-small", "strings"]);

        // Typing narrows it down, and the keys choose.
        let field = panel.find("input[name=model]").await?;
        field.clear().await?;
        field.send_keys("small").await?;
        panel
            .wait_until("one model", "panels()[args].querySelectorAll('[role=option]').length === 1")
            .await?;
        field.send_keys(TypingData::from(Key::Down) + Key::Enter).await?;
        assert_eq!(panel.view().await?.model, "brass-small");
        panel.wait_until("no list", "!panels()[args].querySelector('[role=listbox]')").await?;

        // What is starred comes first, also after a reload.
        open_list(&page, panel).await?;
        panel.press("[data-model=strings] .star").await?;
        let is_first = "panels()[args].querySelector('[role=option]').dataset.model === 'strings'";
        panel.wait_until("the starred model first", is_first).await?;
        let page = page.reload().await?;
        let panel = page.panel(0);
        open_list(&page, panel).await?;
        let is_there = "panels()[args].querySelector('[data-model=brass-large]')";
        panel.wait_until("the provider's list", is_there).await?;
        assert_eq!(listed(panel).await?, ["strings", "brass-large", "brass-small"]);
        panel.press("[data-model=strings]").await?;
        assert_eq!(panel.view().await?.model, "strings");

        panel.choose_model("not-in-any-list").await?;
        page.ask(PROMPT).await?;
        panel.wait_for_phase(Phase::Finished).await?;
        assert!(host.requests()[0].body_text().contains(r#""model":"not-in-any-list""#));
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn without_a_list_some_models_are_known_all_the_same() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.net.host(OPENAI.host, Replay::json(500, r#"{"error":{"message":"no list"}}"#));
        let page = world.open_with(browser, &[OPENAI]).await?;
        let panel = page.panel(0);
        panel.press("button[name=models]").await?;
        panel.wait_for("[role=option]").await?;
        let known = tutti::model::catalog::known_models(OPENAI.id);
        assert_eq!(listed(panel).await?, known);
        world.see_no_key_astray(browser).await
    })
    .await;
}

async fn open_list(page: &ComparePage<'_>, panel: Panel<'_>) -> Result {
    panel.press("button[name=models]").await?;
    let has_come = "document.querySelector('[role=listbox] [data-model=strings]')";
    page.wait_until("the provider's list", has_come, Value::Null).await
}

async fn listed(panel: Panel<'_>) -> Result<Vec<String>> {
    panel.attributes("[role=listbox] [role=option]", "data-model").await
}
