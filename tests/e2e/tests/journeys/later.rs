//! What is fetched after the first screen, and does not come.

use serde_json::json;
use tutti_e2e::{Engine, Phase, journey_with, leaves_out};

use crate::stand_ins::{PROMPT, World};

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_fetched_again() {
    if leaves_out(&[Engine::Firefox, Engine::WebKit], "their drivers cannot keep one file back") {
        return;
    }
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let keep_back = async |urls: serde_json::Value| {
            browser.chromium("Network.enable", json!({})).await?;
            browser.chromium("Network.setBlockedURLs", json!({ "urls": urls })).await
        };
        keep_back(json!(["*/tutti-later-*"])).await?;
        let page = world.open(browser).await?;

        // What the first screen is for works without it.
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        page.press("#open-keys").await?;
        let told = json!("dialog#keys[open] .lost [name=fetch-again]");
        let is_there = "document.querySelector(args) !== null";
        page.wait_until("the dialog says that its part did not come", is_there, told).await?;

        keep_back(json!([])).await?;
        page.press("dialog#keys [name=fetch-again]").await?;
        let inside = json!("dialog#keys[open] textarea[name=paste-keys]");
        page.wait_until("the dialog is there after all", is_there, inside).await
    })
    .await;
}
