//! Many answers at once.

use serde_json::json;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{Engine, Phase, drawn, journey, journey_with, leaves_out};
use tutti_test_server::TestServer;

use crate::stand_ins::{
    MODEL, OPENAI, PROMPT, SITE, World, chat_answer, open_again, page_server, paste_keys,
};

/// Browsers open no more connections to one host over HTTP/1.1.
const CONNECTIONS: usize = 6;

#[tokio::test]
async fn over_http_1_six_are_asked_and_the_others_wait_here() {
    // No proxy: a server of this computer, which speaks plain HTTP/1.1.
    journey(async |browser| {
        let site = page_server().await?;
        let hosts = TestServer::start().await;
        let host = hosts.mount("local", chat_answer(["The brass ", "and the strings."]).gated(1));
        let row = catalog::find("vllm").expect("a row of the catalogue");
        let base_url = format!("{}/v1", host.url());
        let panels = vec![PanelSettings { base_url, ..PanelSettings::new(row, MODEL) }; 12];
        let saved = Workspace { panels, ..Workspace::default() };
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;
        page.ask(PROMPT).await?;
        host.wait_for_requests(CONNECTIONS).await;
        page.wait_for_count(Phase::Streaming, CONNECTIONS).await?;
        let panels = page.panels().await?;
        let (asked, waiting) = panels.split_at(CONNECTIONS);
        assert!(asked.iter().all(|panel| panel.phase == Phase::Streaming), "{asked:#?}");
        for panel in waiting {
            assert_eq!(panel.phase, Phase::Queued);
            assert!(panel.phase_words.contains("queued here"), "{panel:?}");
        }
        assert_eq!(host.requests().len(), CONNECTIONS);

        host.release_all();
        page.wait_for_all(Phase::Finished).await?;
        assert_eq!(host.requests().len(), 12);
        for panel in page.panels().await? {
            assert_eq!(panel.text, "The brass and the strings.");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn stopping_half_of_two_hundred_leaves_the_others_whole() {
    if leaves_out(&[Engine::WebKit], "it keeps to six connections over HTTP/2 too") {
        return;
    }
    const ALL: usize = 200;
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let pieces: Vec<String> = (0..60).map(|n| format!("bar {n}, ")).collect();
        let text = pieces.concat();
        let answer = chat_answer(pieces.iter().map(String::as_str)).gated(20);
        let host = world.host(OPENAI, answer);
        let saved = Workspace {
            panels: vec![OPENAI.panel(); ALL],
            confirm_above: ALL as u32,
            connections: Some(256),
            ..Workspace::default()
        };
        let page = open_again(browser, SITE, &saved).await?;
        assert_eq!(page.panel_count().await?, ALL);
        paste_keys(&page, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        host.wait_for_requests(ALL).await;
        page.wait_for_count(Phase::Streaming, ALL).await?;
        assert!(host.requests().iter().all(|request| request.is_h2));
        browser.screenshot("two-hundred").await?;

        // Every second one, as fast as no hand could.
        let stop = "panels().filter((_, index) => index % 2)
            .forEach((panel) => panel.querySelector('button[name=stop]').click());
            return true;";
        page.read::<bool>(stop, json!(null)).await?;
        host.wait_aborted(ALL / 2).await;
        page.wait_for_count(Phase::Stopped, ALL / 2).await?;
        host.release_all();
        page.wait_for_count(Phase::Finished, ALL / 2).await?;
        for (index, panel) in page.panels().await?.into_iter().enumerate() {
            match index % 2 {
                0 => {
                    assert_eq!((panel.phase, &panel.text), (Phase::Finished, &drawn(&text)), "panel {index}")
                }
                _ => assert!(panel.phase == Phase::Stopped && text.starts_with(&panel.text), "{panel:?}"),
            }
        }
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn many_paid_calls_are_confirmed_first() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, chat_answer(["Tutti."]));
        let page = world.open_again(browser, vec![OPENAI.panel(); 9]).await?;
        paste_keys(&page, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        let question = page.confirmation().await?;
        let said = question.text().await?;
        assert!(said.contains('9'), "{said}");
        question.cancel().await?;
        assert_eq!(page.prompt().await?, PROMPT);
        assert!(page.phases().await?.iter().all(|phase| *phase == Phase::Idle));

        page.send().await?;
        page.confirmation().await?.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        assert_eq!(host.requests().len(), 9);

        // What goes along counts too: nine times the prompt, its answer and both as a turn.
        page.ask(PROMPT).await?;
        let question = page.confirmation().await?;
        let tokens = |said: &str| {
            let words: Vec<&str> = said.split(' ').collect();
            let at = words.iter().position(|word| *word == "tokens").expect("tokens");
            words[at - 1].parse::<u64>().expect("a number")
        };
        let again = question.text().await?;
        assert!(tokens(&again) > 2 * tokens(&said), "{said} then {again}");
        question.cancel().await?;
        page.set_prompt("").await?;

        // Eight are not many.
        page.panel(8).remove().await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        host.wait_complete(17).await;
        world.see_no_key_astray(browser).await
    })
    .await;
}
