//! A browser that stores nothing, too little, too late, or what nobody can read: no answer is lost by it.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use tutti_e2e::{ComparePage, Phase, Result, built_page, copy_folder, journey};

use crate::carried_away::SAVE;
use crate::conversation::{Two, ask, said, turns};
use crate::history::TITLES;
use crate::stand_ins::{chat_answer, numbered};

/// What the page says about its store.
const TROUBLE: &str = "(document.querySelector('.trouble')?.checkVisibility()
    ? document.querySelector('.trouble').textContent : '')";

/// A built page in whose windows this script runs first.
fn page_with(script: &str) -> Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("tutti-page-").tempdir()?;
    copy_folder(&built_page()?, folder.path())?;
    let boot = folder.path().join("boot.js");
    fs::write(&boot, format!("{script}\n{}", fs::read_to_string(&boot)?))?;
    Ok(folder)
}

async fn is_told(page: &ComparePage<'_>, words: &str) -> Result {
    page.wait_until(words, &format!("{TROUBLE}.includes(args)"), json!(words)).await
}

async fn is_well(page: &ComparePage<'_>) -> Result {
    page.wait_until("no trouble any more", &format!("{TROUBLE} === ''"), Value::Null).await
}

/// Opens the history, and reads its titles.
async fn titles(page: &ComparePage<'_>, count: usize) -> Result<Vec<String>> {
    page.press("#open-history").await?;
    page.wait_until("so many titles", &format!("{TITLES}.length === args"), json!(count)).await?;
    page.read(&format!("return {TITLES};"), Value::Null).await
}

async fn close_history(page: &ComparePage<'_>) -> Result {
    page.press("#history [name=close]").await
}

/// What the first of the history is saved as.
async fn saved_file(page: &ComparePage<'_>) -> Result<String> {
    page.press("#history [aria-posinset='1'] .open + [name=more]").await?;
    let is_shown = "document.querySelector('#history [name=export]') !== null";
    page.wait_until("what can be done", is_shown, Value::Null).await?;
    page.read_later(SAVE, json!("json")).await
}

/// Asks twice and saves what came, where nothing is stored.
async fn go_on_in_memory(page: &ComparePage<'_>, two: &Two, words: &str) -> Result {
    ask(page, "first").await?;
    is_told(page, words).await?;
    ask(page, "second").await?;
    let history = [("user", "first"), ("assistant", "red 1"), ("user", "second")];
    assert_eq!(said(&two.one, 1), turns(&history));
    assert_eq!(titles(page, 1).await?, ["first"]);
    let (whole, _) =
        tutti::export::json::read(saved_file(page).await?.trim()).map_err(|it| format!("{it:?}"))?;
    let mut texts: Vec<&str> = whole.answers.values().map(|answer| answer.text.as_str()).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["blue 1", "blue 2", "red 1", "red 2"]);
    close_history(page).await
}

#[tokio::test]
async fn without_a_database_answers_come_and_can_be_saved() {
    journey(async |browser| {
        let dist = page_with("Object.defineProperty(window, 'indexedDB', { value: undefined });")?;
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        two.site.serve_dist(dist.path());
        let page = two.open(browser).await?;
        go_on_in_memory(&page, &two, "stores nothing").await?;
        browser.screenshot("in-memory").await
    })
    .await;
}

#[tokio::test]
async fn a_database_that_never_opens_keeps_nobody_waiting() {
    journey(async |browser| {
        let dist = page_with(
            "const open = IDBFactory.prototype.open;
            IDBFactory.prototype.open = function (name, version) {
                if (name !== 'tutti') return open.call(this, name, version);
                const never = { onsuccess: null, onerror: null, onblocked: null, onupgradeneeded: null };
                return Object.setPrototypeOf(Object.defineProperties({}, Object.fromEntries(
                    Object.keys(never).map((on) => [on, { value: null, writable: true }]))),
                    IDBOpenDBRequest.prototype);
            };
            // Nobody here waits by the clock.
            const later = setTimeout;
            window.setTimeout = (act, ms, ...rest) => later(act, ms === 5000 ? 0 : ms, ...rest);",
        )?;
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        two.site.serve_dist(dist.path());
        let page = two.open(browser).await?;
        go_on_in_memory(&page, &two, "stores nothing").await
    })
    .await;
}

#[tokio::test]
async fn an_older_tab_that_holds_the_database_is_named_and_waited_for() {
    journey(async |browser| {
        // For this page the database has one version more.
        let dist = page_with(
            "const open = IDBFactory.prototype.open;
            IDBFactory.prototype.open = function (name, version) {
                return open.call(this, name, name === 'tutti' && version ? version + 1 : version);
            };",
        )?;
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        // The other tab has the version before open, and does not let go.
        browser.visit(&format!("{}/boot.js", two.site.base_url())).await?;
        let hold = "
            const request = indexedDB.open('tutti', 1);
            return await new Promise((done) => { request.onsuccess = () => {
                window.held = request.result;
                done(true);
            }; });";
        browser.read_later::<bool>(hold, Value::Null).await?;
        let old = browser.tab().await?;
        two.site.serve_dist(dist.path());
        browser.open_tab().await?;
        let new = browser.tab().await?;
        let page = two.open(browser).await?;
        go_on_in_memory(&page, &two, "Close that tab").await?;
        browser.switch_to_tab(&old).await?;
        browser.close_tab(&new).await?;
        is_well(&page).await?;
        // All of it is stored now.
        let page = page.reload().await?;
        page.panel(1).wait_until("the last answer", "view(panels()[args]).text === 'blue 2'").await?;
        page.panel(0).wait_for(".past .turn").await
    })
    .await;
}

/// A disk that is full while `window.isFull`: transactions that put something fail.
const FILL: &str = "
    window.isFull = true;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
        const request = put.call(this, value, key);
        if (window.isFull) {
            try { this.transaction.abort(); } catch { /* It is already. */ }
        }
        return request;
    };
    Object.defineProperty(IDBTransaction.prototype, 'error', {
        get: () => window.isFull ? new DOMException('', 'QuotaExceededError') : null,
    });
    return true;";

#[tokio::test]
async fn a_full_disk_in_mid_stream_loses_nothing_that_is_on_the_screen() {
    journey(async |browser| {
        let held = || chat_answer(["half ", "an answer", " and the rest"]).gated(2);
        let two = Two::new(numbered("red", 3), move || vec![chat_answer(["blue 1"]), held()]).await?;
        let page = two.open(browser).await?;
        ask(&page, "an old one").await?;
        page.press("#new-comparison").await?;
        page.panel(0).wait_until("an empty panel", "view(panels()[args]).text === ''").await?;
        page.ask("the new one").await?;
        let is_half = "view(panels()[args]).text.trim() === 'half an answer'";
        page.panel(1).wait_until("half an answer", is_half).await?;
        browser.read::<bool>(FILL, Value::Null).await?;
        two.other.release_all();
        page.wait_for_all(Phase::Finished).await?;
        is_told(&page, "no room left").await?;
        browser.screenshot("full").await?;
        // It can be saved as a file, and what is old makes room.
        assert_eq!(titles(&page, 2).await?, ["the new one", "an old one"]);
        let file = saved_file(&page).await?;
        assert!(file.contains("half an answer and the rest"), "{file}");
        browser.read::<bool>("window.isFull = false; return true;", Value::Null).await?;
        page.press("#history [aria-posinset='2'] .open + [name=more]").await?;
        page.press("#history [aria-posinset='2'] [name=delete]").await?;
        is_well(&page).await?;
        close_history(&page).await?;
        let page = page.reload().await?;
        let is_whole = "view(panels()[args]).text === 'half an answer and the rest'";
        page.panel(1).wait_until("the whole answer", is_whole).await?;
        page.panel(1).wait_for_phase(Phase::Finished).await
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_left_and_the_rest_is_there() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), numbered("blue", 3)).await?;
        let page = two.begin_anew(browser).await?;
        ask(&page, "second").await?;
        // What has just ended is still being written.
        let page = page.reload().await?;
        page.panel(0).wait_until("the second one", "view(panels()[args]).text === 'red 2'").await?;
        let damage = "
            const of = (request) => new Promise((done, failed) => {
                request.onsuccess = () => done(request.result);
                request.onerror = () => failed(request.error);
            });
            const database = await of(indexedDB.open('tutti'));
            const heads = () => database.transaction('heads').objectStore('heads');
            const [keys, all] = [await of(heads().getAllKeys()), await of(heads().getAll())];
            const [id] = keys[all.findIndex((head) => head.title === 'second')];
            const rounds = database.transaction('rounds', 'readwrite').objectStore('rounds');
            await of(rounds.put({ v: 1, text: 7 }, [id, 0]));
            database.close();
            return true;";
        browser.read_later::<bool>(damage, Value::Null).await?;
        let page = page.reload().await?;
        is_told(&page, "could not be read").await?;
        assert_eq!(titles(&page, 2).await?, ["second", "first"]);
        page.press("#history [aria-posinset='2'] [name=open]").await?;
        page.panel(0).wait_until("the first one", "view(panels()[args]).text === 'red 1'").await?;
        ask(&page, "and on").await
    })
    .await;
}
