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

/// One panel that asks a server of one's own.
fn asks(url: &str) -> Workspace {
    let row = catalog::find("llamacpp").expect("a row of the catalogue");
    let panel = PanelSettings { base_url: url.to_owned(), ..PanelSettings::new(row, MODEL) };
    Workspace { panels: vec![panel], ..Workspace::default() }
}

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_fetched_again() {
    if leaves_out(&OTHERS, CANNOT) {
        return;
    }
    let local = TestServer::start().await;
    let host = local.mount("lm", chat_answer(["Here ", "I ", "am."]));
    journey(async |browser| {
        let site = page_server().await?;
        keep_back(browser, &PART).await?;
        let page = open_again(browser, &format!("{}/", site.base_url()), &asks(host.url())).await?;

        // What the first screen is for works without it.
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        assert_eq!(page.panel(0).text().await?, "Here I am.");
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
        let page = open_again(browser, &format!("{}/", site.base_url()), &asks(host.url())).await?;
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

/// A release has the words of the first screen in a file for each language but English.
#[tokio::test]
async fn words_that_do_not_come_are_said_in_english_until_they_do() {
    if leaves_out(&OTHERS, CANNOT) {
        return;
    }
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        keep_back(browser, &["*/words-*"]).await?;
        let page = world.open(browser).await?;
        let choose = "
            const choice = document.querySelector('select[name=language]');
            choice.value = args;
            choice.dispatchEvent(new Event('change'));
            return null;";
        let is_in = "document.documentElement.lang === args[0] && document.querySelector('#send').textContent === args[1]";
        page.read::<Value>(choose, json!("ko")).await?;
        page.wait_until("English stands in", is_in, json!(["ko", "Send to all"])).await?;
        keep_back(browser, &[]).await?;
        page.read::<Value>(choose, json!("ja")).await?;
        page.wait_until("Japanese", is_in, json!(["ja", "すべてに送信"])).await?;
        page.read::<Value>(choose, json!("ko")).await?;
        page.wait_until("asked for again", is_in, json!(["ko", "모두에게 보내기"])).await?;
        page.read::<Value>(choose, json!("en")).await?;
        page.wait_until("English", is_in, json!(["en", "Send to all"])).await
    })
    .await;
}
