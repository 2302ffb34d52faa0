//! The harness itself: that its checks find what they look for, and that browsers start as asked.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tutti_e2e::{
    Browser, Engine, Options, Result, check_accessibility, check_no_key_in_sight, journey, journey_with,
};
use tutti_test_server::TestServer;

const KEY: &str = "sk-canary-2f9a77";

/// A small page without a fault.
const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Small</title>
    <link rel=icon href=data:,><main><h1>Small</h1><input aria-label=Name></main>";

async fn small_site(page: &str) -> Result<(TestServer, TempDir)> {
    let folder = tempfile::tempdir()?;
    std::fs::write(Path::new(folder.path()).join("index.html"), page)?;
    let server = TestServer::start().await;
    server.serve_dist(folder.path());
    Ok((server, folder))
}

#[tokio::test]
async fn accessibility_faults_are_found_and_named() {
    journey(async |browser| {
        let (site, _folder) = small_site(PAGE).await?;
        browser.visit(&site.base_url()).await?;
        check_accessibility(browser, "whole").await?;
        let faults = "
            document.documentElement.removeAttribute('lang');
            document.querySelector('input').removeAttribute('aria-label');
            document.querySelector('h1').setAttribute('style', 'color: #aaa; background: #fff');";
        browser.read::<Value>(faults, Value::Null).await?;
        let failure = check_accessibility(browser, "broken").await.expect_err("three faults").to_string();
        for rule in ["html-has-lang", "label:", "color-contrast"] {
            assert!(failure.contains(rule), "{rule} is not in {failure}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_key_is_found_wherever_it_is_put() {
    journey(async |browser| {
        let (site, _folder) = small_site(PAGE).await?;
        browser.visit(&site.base_url()).await?;
        check_no_key_in_sight(browser, &[KEY]).await?;
        sees(browser, "the address", "history.replaceState(null, '', '?k=' + args)", "history.replaceState(null, '', '/')").await?;
        sees(browser, "the title", "document.title = args", "document.title = 'Small'").await?;
        sees(browser, "a field", "document.querySelector('input').value = args", "document.querySelector('input').value = ''").await?;
        sees(browser, "the document", "document.querySelector('h1').textContent = args", "document.querySelector('h1').textContent = ''").await?;
        sees(browser, "the local storage", "localStorage.x = btoa(args)", "localStorage.clear()").await?;
        sees(browser, "the session storage", "sessionStorage.y = args", "sessionStorage.clear()").await?;
        sees(browser, "a cookie", "document.cookie = 'k=' + args", "document.cookie = 'k=; max-age=0'").await?;
        let keep = "return new Promise((resolve, reject) => {
            const open = indexedDB.open('d');
            open.onupgradeneeded = () => open.result.createObjectStore('s', { autoIncrement: true })
                .add({ deep: [new TextEncoder().encode(args).buffer] });
            open.onsuccess = () => { open.result.close(); resolve(true); };
            open.onerror = () => reject(open.error);
        })";
        let drop = "return new Promise((resolve) => { indexedDB.deleteDatabase('d').onsuccess = () => resolve(true); })";
        sees(browser, "a database", keep, drop).await?;
        if browser.engine == Engine::WebKit {
            return Ok(());
        }
        // The console forgets nothing, so it comes last.
        sees(browser, "on the console", "console.warn('told', args)", "").await.expect_err("it stays there");
        Ok(())
    })
    .await;
}

/// That the key is found after one script and gone after the other.
async fn sees(browser: &Browser, place: &str, put: &str, remove: &str) -> Result {
    browser.read_later::<Value>(put, json!(KEY)).await?;
    let failure = check_no_key_in_sight(browser, &[KEY]).await.expect_err(place).to_string();
    assert!(failure.contains(place), "{place} is not in {failure}");
    assert!(failure.contains(KEY), "{failure}");
    browser.read_later::<Value>(remove, json!(KEY)).await?;
    check_no_key_in_sight(browser, &[KEY]).await
}

#[tokio::test]
async fn a_browser_starts_in_the_dark_and_in_korean() {
    journey_with(Options::default().dark().language("ko-KR"), async |browser| {
        let (site, _folder) = small_site(PAGE).await?;
        browser.visit(&site.base_url()).await?;
        let script = "return [navigator.language, matchMedia('(prefers-color-scheme: dark)').matches];";
        let (language, is_dark): (String, bool) = browser.read(script, Value::Null).await?;
        assert!(is_dark);
        if browser.engine != Engine::WebKit {
            assert_eq!(language, "ko-KR");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_tab_is_hidden_behind_another() {
    journey(async |browser| {
        let (site, _folder) = small_site(PAGE).await?;
        browser.visit(&site.base_url()).await?;
        let first = browser.tab().await?;
        browser
            .read::<Value>(
                "window.seen = []; document.onvisibilitychange = () => seen.push(document.hidden);",
                Value::Null,
            )
            .await?;
        browser.open_tab().await?;
        browser.visit(&site.base_url()).await?;
        let new_is_hidden: bool = browser.read("return document.hidden;", Value::Null).await?;
        browser.switch_to_tab(&first).await?;
        let first_was_hidden: bool = browser.read("return seen.includes(true);", Value::Null).await?;
        // As the library's first page says.
        let expected = match browser.engine {
            Engine::Chromium | Engine::Firefox => (true, false),
            Engine::WebKit => (false, true),
        };
        assert_eq!((first_was_hidden, new_is_hidden), expected);
        Ok(())
    })
    .await;
}
