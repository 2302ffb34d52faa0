//! Conversations as files: saved, looked at elsewhere, and brought back.

use serde_json::{Value, json};
use tempfile::TempDir;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, journey};
use tutti_test_server::{Cassette, Mount, Replay, TestServer};

use crate::attachments::{CHOOSE, hand_over, wait_for_chips};
use crate::stand_ins::{MODEL, chat_answer, open_again, page_server};

/// Chooses a form in the row of the history that is open, and takes what is offered as a file.
pub const SAVE: &str = "
    const made = new Promise((done) => { URL.createObjectURL = (blob) => { done(blob); return '#'; }; });
    const choice = document.querySelector('#history select[name=export]');
    choice.value = args;
    choice.dispatchEvent(new Event('change', { bubbles: true }));
    return (await made).text();";

pub const ADD: &str = "
    const field = document.querySelector('#history [name=import]');
    const carried = new DataTransfer();
    carried.items.add(new File([args], 'tutti.json', { type: 'application/json' }));
    field.files = carried.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    return true;";

/// What would run, or ask somebody, if it were more than text.
fn hostile(canary: &Mount) -> String {
    let url = canary.url();
    format!(
        "<script>document.title = 'run'</script><img src=\"{url}/a.png\" onerror=\"document.title = 'run'\">\n\n\
        </style></body><style>@import '{url}/b.css';</style> ![a cat]({url}/c.png) [x](javascript:alert(1))\n\n\
        **bold**, `code`, $x^2$ and [a link](https://a.example/)\n\n| one | two |\n|---|--:|\n| 1 | 2 |\n\n\
        ```rust\nfn main() {{ println!(\"tutti\"); }}\n```\n\n1. first\n2. second\n"
    )
}

async fn save(page: &ComparePage<'_>, form: &str) -> Result<String> {
    let is_open = "return document.querySelector('#history select[name=export]') !== null;";
    if !page.read::<bool>(is_open, Value::Null).await? {
        page.wait_until(
            "a row",
            "document.querySelector('#history [data-comparison]') !== null",
            Value::Null,
        )
        .await?;
        page.press("#history [data-comparison] [name=more]").await?;
        let choice = "document.querySelector('#history select[name=export]') !== null";
        page.wait_until("what can be done with it", choice, Value::Null).await?;
    }
    page.read_later(SAVE, json!(form)).await
}

async fn wait_for_rows(page: &ComparePage<'_>, count: usize) -> Result {
    let condition = "document.querySelectorAll('#history [data-comparison]').length === args";
    page.wait_until("the rows", condition, json!(count)).await
}

async fn look_at(browser: &Browser, html: &str, canary: &Mount) -> Result {
    let folder = TempDir::new()?;
    std::fs::write(folder.path().join("saved.html"), html)?;
    let server = TestServer::start().await;
    server.serve_dist(folder.path());
    browser.visit(&format!("{}/saved.html", server.base_url())).await?;
    let seen = "
        const texts = (css) => [...document.querySelectorAll(css)].map((it) => it.textContent);
        return {
            title: document.title,
            styled: getComputedStyle(document.querySelector('.grid')).display,
            models: texts('article h3').length,
            bold: texts('article strong'),
            cells: texts('td'),
            scripts: document.querySelectorAll('script, [onerror], link, iframe').length,
            links: [...document.querySelectorAll('a')].map((it) => it.href),
            picture: document.querySelector('.file img').naturalWidth,
            asked: performance.getEntriesByType('resource')
                .map((entry) => entry.name).filter((name) => name.startsWith('http')),
        };";
    let is_there = "return document.querySelector('.file img')?.naturalWidth > 0;";
    while !browser.read::<bool>(is_there, Value::Null).await? {}
    let seen: Value = browser.read(seen, Value::Null).await?;
    let expected = json!({
        "title": "Look at this",
        "styled": "grid",
        "models": 2,
        "bold": ["bold"],
        "cells": ["1", "2"],
        "scripts": 0,
        // The address in the raw HTML, which is text, as the page links it too.
        "links": [format!("{}/b.css", canary.url()), "https://a.example/".to_owned()],
        "picture": 2048,
        "asked": [],
    });
    assert_eq!(seen, expected);
    browser.screenshot("saved-page").await?;
    if browser.engine == Engine::Chromium {
        let dark = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
        browser.chromium("Emulation.setEmulatedMedia", dark).await?;
        browser.be_a_telephone().await?;
        let is_narrow = "return document.documentElement.scrollWidth <= 360;";
        assert!(browser.read::<bool>(is_narrow, Value::Null).await?);
        browser.screenshot("saved-page-dark-telephone").await?;
        browser.chromium("Emulation.clearDeviceMetricsOverride", json!({})).await?;
        let print = json!({"media": "print", "features": []});
        browser.chromium("Emulation.setEmulatedMedia", print).await?;
        browser.screenshot("saved-page-print").await?;
        browser.chromium("Emulation.setEmulatedMedia", json!({"media": ""})).await?;
    }
    assert_eq!(canary.requests().len(), 0, "somebody was asked");
    Ok(())
}

#[tokio::test]
async fn what_is_saved_comes_back_to_the_byte_and_can_be_looked_at_alone() {
    journey(async |browser| {
        let servers = TestServer::start().await;
        let canary = servers.mount("canary", vec![Replay::json(200, "{}")]);
        let tools = Cassette::load(Cassette::own_folder(), "openai_chat/tools-parallel")?;
        let one =
            vec![chat_answer(["first"]), chat_answer(["second"]), chat_answer([hostile(&canary).as_str()])];
        let other = vec![Replay::of(&tools), chat_answer(["edited"])];
        let list = json!({"data": [{"id": MODEL}]}).to_string();
        let mount = |name, answers: Vec<Replay>| servers.mount(name, answers).models(list.clone());
        let (one, other) = (mount("one", one), mount("other", other));
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = |mount: &Mount| PanelSettings {
            base_url: mount.url().to_owned(),
            ..PanelSettings::new(row, MODEL)
        };
        let saved = Workspace { panels: vec![panel(&one), panel(&other)], ..Workspace::default() };
        let site = page_server().await?;
        let page = open_again(browser, &format!("{}/", site.base_url()), &saved).await?;

        // Files, tool calls, versions, a branch, a mark and a note.
        page.set_prompt("Look at this").await?;
        hand_over(&page, CHOOSE, &["photo", "notes"]).await?;
        wait_for_chips(&page, "photo.jpg|notes.md").await?;
        page.send().await?;
        page.wait_for_all(Phase::Finished).await?;
        page.panel(0).press("button[name=retry]").await?;
        page.panel(0).wait_until("another version", "view(panels()[args]).text === 'second'").await?;
        page.panel(0).press(".last-said button[name=edit]").await?;
        wait_for_chips(&page, "photo.jpg|notes.md").await?;
        let prompt = page.prompt().await? + "!";
        page.ask(&prompt).await?;
        page.wait_for_all(Phase::Finished).await?;
        page.panel(1).choose_from_menu("pick").await?;
        page.panel(1).wait_for(".winner").await?;
        page.panel(0).choose_from_menu("note").await?;
        page.panel(0).wait_for("[name=note-text]").await?;
        page.panel(0).find("[name=note-text]").await?.send_keys("기록").await?;
        page.panel(1).find(".body").await?.click().await?;

        page.press("#open-history").await?;
        let file = save(&page, "json").await?;
        let (whole, _) = tutti::export::json::read(file.trim()).map_err(|bad| format!("{bad:?}"))?;
        assert_eq!((whole.comparison.rounds().len(), whole.files.len(), whole.answers.len()), (2, 2, 5));
        assert!(whole.answers.values().any(|answer| !answer.tool_calls.is_empty()));
        assert_eq!(whole.comparison.rounds()[0].cells[0].versions.len(), 2);
        assert!(file.contains("기록"));
        let html = save(&page, "html").await?;

        // Into a store that is empty: another origin has another one.
        let elsewhere = page_server().await?;
        let page = ComparePage::open(browser, &format!("{}/", elsewhere.base_url())).await?;
        page.press("#open-history").await?;
        let is_there = "document.querySelector('#history:modal [name=import]') !== null";
        page.wait_until("the history", is_there, Value::Null).await?;
        // Half of it is nothing.
        let half: String = file.chars().take(file.chars().count() / 2).collect();
        page.read_later::<bool>(ADD, json!(half)).await?;
        let is_refused = "[...document.querySelectorAll('#history [role=status]')].some((it) => it.textContent.includes('no conversations'))
            && !document.querySelector('#history .preview')";
        page.wait_until("that nothing was added", is_refused, Value::Null).await?;
        wait_for_rows(&page, 0).await?;
        page.read_later::<bool>(ADD, json!(file)).await?;
        page.wait_until("what it would add", "document.querySelector('#history .preview') !== null", Value::Null)
            .await?;
        browser.screenshot("preview").await?;
        wait_for_rows(&page, 0).await?;
        page.press("#history [name=add-imported]").await?;
        wait_for_rows(&page, 1).await?;
        assert!(save(&page, "json").await? == file, "what was imported is exported otherwise");

        // Once more: it stands beside the first one, which stays as it is.
        page.read_later::<bool>(ADD, json!(file)).await?;
        page.wait_until("what it would add", "document.querySelector('#history .preview') !== null", Value::Null)
            .await?;
        page.press("#history [name=add-imported]").await?;
        wait_for_rows(&page, 2).await?;

        // The addresses that it names are asked nothing before a person allows it.
        page.press("#history [name=open]").await?;
        page.wait_for_panel_count(2).await?;
        page.panel(1).wait_for(".winner").await?;
        let asked = one.requests().len() + other.requests().len();
        page.ask("And now?").await?;
        page.panel(0).wait_for("[name=allow]").await?;
        assert_eq!(one.requests().len() + other.requests().len(), asked);
        browser.screenshot("foreign").await?;

        look_at(browser, &html, &canary).await
    })
    .await;
}
