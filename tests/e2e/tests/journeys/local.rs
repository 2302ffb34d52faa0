//! Servers of one's own computer or network, and no network at all.

use serde_json::json;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{Engine, Phase, journey, journey_with, leaves_out};
use tutti_test_server::{Cors, Replay, TestServer};

use crate::stand_ins::{MODEL, OPENAI, PROMPT, SITE, World, chat_answer, open_again, page_server};

fn panel(row: &str, base_url: String) -> PanelSettings {
    let row = catalog::find(row).expect("a row of the catalogue");
    PanelSettings { base_url, ..PanelSettings::new(row, MODEL) }
}

#[tokio::test]
async fn a_local_server_that_refuses_pages_or_is_not_there_is_told_how_to_start() {
    journey(async |browser| {
        let site = page_server().await?;
        let servers = TestServer::start().await;
        let forbids = servers.mount("forbids", Replay::json(403, r#"{"error": "forbidden"}"#));
        let refuses = servers.mount("refuses", chat_answer(["never"])).cors(Cors::None);
        // A port where nobody listens any more.
        let gone = TestServer::start().await;
        let nobody = gone.base_url();
        drop(gone);
        let panels = vec![
            panel("ollama", forbids.url().to_owned()),
            panel("ollama", refuses.url().to_owned()),
            panel("ollama", nobody),
        ];
        let saved = Workspace { panels, ..Workspace::default() };
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;
        page.ask(PROMPT).await?;
        let says = async |index: usize, words: &str| {
            let condition = format!("view(panels()[args]).error?.includes({words:?})");
            page.panel(index).wait_for_phase(Phase::Failed).await?;
            page.panel(index).wait_until(words, &condition).await
        };
        // With the address of this very page, so that the line can be copied.
        let remedy = format!("OLLAMA_ORIGINS='{}'", site.base_url());
        says(0, &remedy).await?;
        says(1, &remedy).await?;
        // Where nobody answers, nobody refuses either.
        says(2, "did not answer").await?;
        browser.screenshot("local").await
    })
    .await;
}

#[tokio::test]
async fn an_https_page_does_not_try_what_browsers_block() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let saved = Workspace {
            panels: vec![panel("custom-openai", "http://llm.example.net/v1".to_owned())],
            ..Workspace::default()
        };
        open_again(browser, SITE, &saved).await?;
        browser.visit(&format!("{SITE}any.html")).await?;
        let page = tutti_e2e::ComparePage::opened(browser).await?;
        page.ask(PROMPT).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains("Browsers block http://"), "{error}");
        assert!(world.net.attempts().iter().all(|(host, _)| host != "llm.example.net"));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_is_offline_is_told_so_and_asks_again_later() {
    if leaves_out(&[Engine::Firefox, Engine::WebKit], "their drivers cannot take the network away") {
        return;
    }
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, chat_answer(["Back ", "again."]));
        let page = world.open_with(browser, &[OPENAI]).await?;
        let network = async |is_offline: bool| {
            let how = json!({
                "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
            });
            browser.chromium("Network.enable", json!({})).await?;
            browser.chromium("Network.emulateNetworkConditions", how).await
        };
        network(true).await?;
        page.ask(PROMPT).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains("offline"), "{error}");
        assert!(host.requests().is_empty());
        network(false).await?;
        page.retry_failed().await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        assert_eq!(page.panel(0).text().await?, "Back again.");
        assert!(host.requests()[0].mentions(PROMPT));
        world.see_no_key_astray(browser).await
    })
    .await;
}
