//! What is fetched after the first screen, and does not come.

use std::time::Duration;

use serde_json::{Value, json};
use tutti::grid::{settings::PanelSettings, workspace::Workspace};
use tutti::model::catalog;
use tutti_e2e::{Browser, Engine, Phase, Result, journey, journey_with, leaves_out};
use tutti_test_server::{Pace, TestServer};

use crate::stand_ins::{MODEL, PROMPT, World, chat_answer, open_again, page_server};

const CANNOT: &str = "their drivers cannot keep one file back";
const OTHERS: [Engine; 2] = [Engine::Firefox, Engine::WebKit];
const PART: [&str; 1] = ["*/tutti-later-*"];

async fn keep_back(browser: &Browser, urls: &[&str]) -> Result {
    browser.chromium("Network.enable", json!({})).await?;
    browser.chromium("Network.setBlockedURLs", json!({ "urls": urls })).await?;
    Ok(())
}

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_fetched_again() {
    if leaves_out(&OTHERS, CANNOT) {
        return;
    }
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        keep_back(browser, &PART).await?;
        let page = world.open(browser).await?;

        // What the first screen is for works without it.
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        page.press("#open-keys").await?;
        let told = json!("dialog#keys[open] .lost [name=fetch-again]");
        let is_there = "document.querySelector(args) !== null";
        page.wait_until("the dialog says that its part did not come", is_there, told).await?;

        keep_back(browser, &[]).await?;
        page.press("dialog#keys [name=fetch-again]").await?;
        let inside = json!("dialog#keys[open] textarea[name=paste-keys]");
        page.wait_until("the dialog is there after all", is_there, inside).await
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_needs_the_part_is_read_again_when_it_comes_and_does_not_ask_without_end() {
    if leaves_out(&OTHERS, CANNOT) {
        return;
    }
    let local = TestServer::start().await;
    // A letter by its name, and a host whose letters are not ASCII. What follows is drawn in frames of its own.
    let answer = chat_answer(["&Aacute; and <https://b\u{fc}cher.example/> ", "and more ", "and the end."]);
    let host = local.mount("lm", answer.pace(Pace::Every(Duration::from_millis(30))));
    journey(async |browser| {
        let site = page_server().await?;
        keep_back(browser, &PART).await?;
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = PanelSettings { base_url: host.url().to_owned(), ..PanelSettings::new(row, MODEL) };
        let saved = Workspace { panels: vec![panel], ..Workspace::default() };
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;
        let count = "
            const later = window.tutti_later;
            window.askedForThePart = 0;
            window.tutti_later = () => { window.askedForThePart++; return later(); };
            return 0;";
        page.read::<Value>(count, Value::Null).await?;

        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        let text = page.panel(0).text().await?;
        assert!(text.contains("&Aacute; and"), "{text}");
        for _ in 0..30 {
            browser.wait_for_paint().await?;
        }
        let asked: u32 = page.read("return window.askedForThePart;", Value::Null).await?;
        assert!((1..=5).contains(&asked), "asked {asked} times for a part that does not come");

        keep_back(browser, &[]).await?;
        page.press("#open-keys").await?;
        page.press("dialog#keys [name=fetch-again]").await?;
        let is_read = "panels()[0].querySelector('.reply').textContent.startsWith(args)";
        page.wait_until("the answer reads as it was meant", is_read, json!("\u{c1} and ")).await?;
        let host = "panels()[0].querySelector('.reply a[href]')?.href === args";
        page.wait_until("the link goes to its host", host, json!("https://xn--bcher-kva.example/")).await
    })
    .await;
}
