//! The page without a network, its next version, and the page that saves what is stored.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use tutti::export::json::{self, Preview};
use tutti::grid::{record::Whole, settings::PanelSettings, workspace::Workspace};
use tutti::model::catalog;
use tutti_e2e::{
    Browser, ComparePage, Engine, Options, Phase, Result, built_page, check_accessibility, copy_folder,
    journey, journey_with,
};
use tutti_test_server::{Mount, SUB_PATH, TestServer};

use crate::stand_ins::{MODEL, PROMPT, chat_answer, open_again};

const ANSWER: &str = "Words.\n\n```rust\nfn main() {}\n```\n\n$$x^2$$\n";

/// A copy of the built page, which a journey may change.
struct Site {
    folder: TempDir,
    server: TestServer,
}

impl Site {
    async fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy_folder(&built_page()?, folder.path())?;
        let server = TestServer::start().await;
        server.serve_dist(folder.path());
        Ok(Self { folder, server })
    }

    fn file(&self, is_it: impl Fn(&str) -> bool) -> std::path::PathBuf {
        let files = fs::read_dir(self.folder.path()).expect("a folder").flatten();
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.map(|entry| entry.path()).find(|path| is_it(&name(path))).expect("a file")
    }

    async fn open<'b>(&self, browser: &'b Browser, address: &str, host: &Mount) -> Result<ComparePage<'b>> {
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = PanelSettings { base_url: host.url().to_owned(), ..PanelSettings::new(row, MODEL) };
        open_again(browser, address, &Workspace { panels: vec![panel], ..Workspace::default() }).await
    }

    /// Another version in the place of this one: other contents, other names, nothing of the old ones left.
    async fn renew(&self, browser: &Browser) -> Result {
        let old = self.file(|name| name.starts_with("parts-"));
        let old_name = old.file_name().expect("a name").to_string_lossy().into_owned();
        fs::rename(&old, self.folder.path().join(NEW_PARTS))?;
        let list = self.folder.path().join("sw.js");
        let mut script = fs::read_to_string(&list)?.replace(&old_name, NEW_PARTS);
        for (page, name) in [("index.html", "./"), ("any.html", "any.html")] {
            let page = self.folder.path().join(page);
            let html = fs::read_to_string(&page)?.replace(&old_name, NEW_PARTS);
            fs::write(&page, &html)?;
            let digest = "
                const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(args));
                return btoa(String.fromCharCode(...new Uint8Array(bytes)));";
            let hash: String = browser.read_later(digest, json!(html)).await?;
            let line = |line: &str| match line.starts_with(&format!("  \"{name}\": ")) {
                true => format!("  \"{name}\": \"sha256-{hash}\","),
                false => line.to_owned(),
            };
            script = script.lines().map(line).collect::<Vec<_>>().join("\n");
        }
        let (_, rest) = script.split_once('\n').expect("lines");
        fs::write(list, format!("const VERSION = \"another\";\n{rest}"))?;
        Ok(())
    }
}

const NEW_PARTS: &str = "parts-000000000000000a";

/// Waits until the browser keeps the page. `false`: this engine keeps none, which is said.
async fn is_kept(browser: &Browser) -> Result<bool> {
    let script = "
        if (!navigator.serviceWorker) return 'no serviceWorker in navigator';
        const worker = (await navigator.serviceWorker.ready).active;
        while (worker.state !== 'activated') await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
        return '';";
    let why: String = browser.read_later(script, Value::Null).await?;
    if !why.is_empty() {
        println!("left out in {}: {why}", browser.engine.name());
    }
    Ok(why.is_empty())
}

/// Loads the page anew. Not by the driver's reload: Firefox's asks the network whatever is kept.
async fn again<'b>(browser: &'b Browser, address: &str) -> Result<ComparePage<'b>> {
    ComparePage::open(browser, address).await
}

/// What of the answer needs parts that are loaded later.
async fn see_all_drawn(page: &ComparePage<'_>) -> Result {
    let formula = "panels()[0].querySelector('.reply math msup') !== null";
    page.wait_until("a formula", formula, Value::Null).await?;
    see_colours(page).await
}

async fn see_colours(page: &ComparePage<'_>) -> Result {
    let colours = "
        if (!('Highlight' in window)) return true;
        while (CSS.highlights.size === 0) await new Promise((turn) => requestAnimationFrame(turn));
        return true;";
    page.read_later::<bool>(colours, Value::Null).await?;
    Ok(())
}

#[tokio::test]
async fn the_page_and_old_answers_are_there_without_a_server() {
    journey(async |browser| {
        let host = TestServer::start().await;
        let mount = host.mount("lm", chat_answer([ANSWER]));
        let site = Site::new().await?;
        let address = format!("{}{SUB_PATH}", site.server.base_url());
        let page = site.open(browser, &address, &mount).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        if !is_kept(browser).await? {
            return Ok(());
        }
        let asked = site.server.all_requests();
        assert!(asked.iter().any(|request| request.url.ends_with("/rust.pack")));
        assert!(asked.iter().all(|request| request.url.starts_with(&site.server.base_url())));
        drop(site);

        let page = again(browser, &address).await?;
        page.panel(0).wait_until("the old answer", "view(panels()[args]).text.startsWith('Words.')").await?;
        see_all_drawn(&page).await?;
        page.choose_language("ko").await?;
        page.wait_until(
            "Korean",
            "document.querySelector('#send').textContent === '모두에게 보내기'",
            Value::Null,
        )
        .await?;
        page.press("#open-history").await?;
        let listed = "document.querySelector('#history [data-comparison] .title')?.textContent === args";
        page.wait_until("its title in the history", listed, json!(PROMPT)).await?;
        browser.screenshot("offline").await?;
        page.press("#history [name=close]").await?;
        // A server of this computer needs no network.
        page.ask("and now").await?;
        page.wait_for_all(Phase::Finished).await?;
        assert_eq!(mount.requests().len(), 2);

        // What cannot be reached is told, and the prompt stays.
        drop(host);
        page.ask("nobody hears this").await?;
        page.wait_for_all(Phase::Failed).await?;
        page.panel(0).wait_for_error().await?;
        let page = again(browser, &address).await?;
        let kept = "document.querySelector('.asked').textContent.includes('nobody hears this')";
        page.wait_until("the prompt", kept, Value::Null).await?;

        // Each page as itself.
        browser.visit(&format!("{address}any.html?x")).await?;
        ComparePage::opened(browser).await?;
        let policy = "return document.querySelector('meta[http-equiv=Content-Security-Policy]').content;";
        assert!(browser.read::<String>(policy, Value::Null).await?.contains("'self' https: http:;"));
        browser.visit(&format!("{address}recovery.html")).await?;
        let saves = "document.querySelector('#save:not([hidden])') !== null";
        browser.wait_until("the page that saves", saves, Value::Null, "return document.title;").await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_new_version_waits_until_nothing_streams_and_mixes_with_no_other() {
    journey(async |browser| {
        let host = TestServer::start().await;
        let code = ["Words.\n\n", "```rust\nfn main() {}\n```\n\n", "The end."];
        let answers =
            vec![chat_answer(["first"]), chat_answer(code).gated(1), chat_answer(["$$x^2$$\n\nThat."])];
        let mount = host.mount("lm", answers);
        let site = Site::new().await?;
        let address = format!("{}/", site.server.base_url());
        let page = site.open(browser, &address, &mount).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        if !is_kept(browser).await? {
            return Ok(());
        }
        // Now the page is one that was kept. Nothing of its parts is loaded yet.
        let page = again(browser, &address).await?;
        page.panel(0).wait_until("the old answer", "view(panels()[args]).text === 'first'").await?;
        let hear = "
            const own = ServiceWorkerContainer.prototype.register;
            window.registered = new Promise((done) => {
                ServiceWorkerContainer.prototype.register = function (...named) {
                    const registering = own.apply(this, named);
                    registering.then(() => done(true));
                    return registering;
                };
            });
            return true;";
        browser.read::<bool>(hear, Value::Null).await?;
        browser.find("h1").await?.click().await?;
        // From now on the page hears of newer versions.
        browser.read_later::<bool>("return window.registered;", Value::Null).await?;
        page.ask("second").await?;
        page.panel(0).wait_until("words", "view(panels()[args]).text.startsWith('Words.')").await?;
        let streams = "
            while (!(await navigator.locks.query()).held.some((lock) => lock.name === 'tutti-streams')) {}
            return true;";
        page.read_later::<bool>(streams, Value::Null).await?;

        site.renew(browser).await?;
        let update = "
            const registration = await navigator.serviceWorker.getRegistration();
            await registration.update();
            const coming = registration.installing;
            while (coming && coming.state === 'installing') {
                await new Promise((done) => coming.addEventListener('statechange', done, { once: true }));
            }
            return [registration.waiting !== null, coming?.state ?? 'none'];";
        let (waits, state): (bool, String) = browser.read_later(update, Value::Null).await?;
        assert!(waits, "the new version is {state}");

        // The old page goes on with its own files, which no server has any more.
        mount.release(2);
        see_colours(&page).await?;
        let waits = "return (await navigator.serviceWorker.getRegistration()).waiting !== null;";
        assert!(browser.read_later::<bool>(waits, Value::Null).await?, "it has not waited");
        assert!(!page.read::<bool>("return document.querySelector('#newer') !== null;", Value::Null).await?);
        mount.release_all();
        page.wait_for_all(Phase::Finished).await?;

        let told = "document.querySelector('#newer [name=reload-page]')?.checkVisibility() === true";
        let asks = "
            const registration = await navigator.serviceWorker.getRegistration();
            const asks = async () => (await navigator.locks.query()).held
                .some(({ name, mode }) => name === 'tutti-streams' && mode === 'exclusive');
            while (registration.waiting && !(await asks())) await new Promise((turn) => setTimeout(turn, 10));
            return true;";
        page.read_later::<bool>(asks, Value::Null).await?;
        if browser.engine == Engine::Chromium {
            println!("left out in chromium: it lets a new version wait until the old one sleeps, from which its driver may keep it for minutes");
            return Ok(());
        }
        page.wait_until("that there is a newer version", told, Value::Null).await?;
        browser.screenshot("newer").await?;
        check_accessibility(browser, "newer").await?;
        // It does so too when the new one has taken over.
        page.ask("third").await?;
        see_all_drawn(&page).await?;
        page.wait_for_all(Phase::Finished).await?;
        page.wait_until("that there is a newer version", told, Value::Null).await?;
        let parts = "return document.querySelector('meta[name=parts]').content;";
        assert!(!page.read::<String>(parts, Value::Null).await?.contains(NEW_PARTS));
        page.press("#newer [name=reload-page]").await?;
        let is_new = "document.querySelector('meta[name=parts]').content.includes(args)";
        page.wait_until("the new version", is_new, json!(NEW_PARTS)).await?;
        let page = ComparePage::opened(browser).await?;
        see_all_drawn(&page).await?;
        // Nobody is at the old one any more.
        let forgotten = "
            while ((await caches.keys()).length !== 1) await new Promise((turn) => setTimeout(turn, 50));
            return caches.keys();";
        let page = again(browser, &address).await?;
        let left: Vec<String> = page.read_later(forgotten, Value::Null).await?;
        assert!(left[0].ends_with(" another"), "{left:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_prompt_that_is_sent_offline_is_kept_and_told_plainly() {
    let world = crate::stand_ins::World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open_with(browser, &[crate::stand_ins::OPENAI]).await?;
        let offline =
            "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false }); return true;";
        browser.read::<bool>(offline, Value::Null).await?;
        drop(world.net);
        page.ask(PROMPT).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains("offline"), "{error}");
        let kept = "return document.querySelector('.asked').textContent;";
        assert!(page.read::<String>(kept, Value::Null).await?.contains(PROMPT));
        browser.screenshot("sent").await
    })
    .await;
}

async fn see_cannot_start(browser: &Browser, sentence: &str) -> Result {
    let shown = "document.querySelector('#cannot-start:not([hidden])') !== null";
    browser.wait_until("why it does not start", shown, Value::Null, "return document.title;").await?;
    let seen = "
        const paragraphs = [...document.querySelectorAll('#cannot-start p:not(#why)')];
        return paragraphs.filter((it) => it.checkVisibility()).map((it) => it.textContent);";
    let seen: Vec<String> = browser.read(seen, Value::Null).await?;
    assert!(seen.len() == 1 && seen[0].contains(sentence), "{seen:?}");
    Ok(())
}

#[tokio::test]
async fn a_page_that_cannot_start_leads_to_what_is_stored() {
    journey_with(Options::default(), async |browser| rescue(browser, "light").await).await;
}

#[tokio::test]
async fn a_page_that_cannot_start_leads_to_what_is_stored_in_the_dark() {
    journey_with(Options::default().dark(), async |browser| rescue(browser, "dark").await).await;
}

async fn rescue(browser: &Browser, colours: &str) -> Result {
    let host = TestServer::start().await;
    let mount = host.mount("lm", chat_answer(["**one**"]));
    let site = Site::new().await?;
    // What is not kept is fetched, and a worker that is not there disturbs nobody.
    fs::remove_file(site.folder.path().join("sw.js"))?;
    let address = format!("{}/", site.server.base_url());
    let page = site.open(browser, &address, &mount).await?;
    page.choose_language("ko").await?;
    page.ask(PROMPT).await?;
    page.wait_for_all(Phase::Finished).await?;
    let stored = "
        while (!(localStorage.getItem('tutti.workspace') ?? '').includes('\"ko\"')) {
            await new Promise((turn) => setTimeout(turn, 20));
        }
        return true;";
    browser.read_later::<bool>(stored, Value::Null).await?;

    let program = site.file(|name| name.ends_with("_bg.wasm"));
    fs::write(&program, b"\0asm, but nothing of it")?;
    browser.reload().await?;
    see_cannot_start(browser, "Tutti를 불러오지 못했습니다").await?;
    browser.screenshot("cannot-start").await?;
    browser.find("#cannot-start .lost [lang=ko] a[href='recovery.html']").await?.click().await?;

    let saves = "document.querySelector('#save:not([hidden])') !== null";
    browser.wait_until("the page that saves", saves, Value::Null, "return document.title;").await?;
    see_saved(browser).await?;
    check_accessibility(browser, "recovery").await?;
    browser.screenshot("recovery").await?;
    let seen: String = browser.read("return document.body.innerText;", Value::Null).await?;
    assert!(seen.contains("모두 파일로 저장") && !seen.contains("Save all"), "{seen}");
    assert!(seen.contains(PROMPT), "{seen}");

    // A store that a newer version has written.
    browser.visit(&format!("{address}boot.js")).await?;
    let newer = "
        const of = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
            request.onupgradeneeded = () => request.result.createObjectStore('of-the-future');
        });
        (await of(indexedDB.open('tutti', 9_000))).close();
        return true;";
    browser.read_later::<bool>(newer, Value::Null).await?;
    browser.visit(&format!("{address}recovery.html")).await?;
    browser.wait_until("the page that saves", saves, Value::Null, "return document.title;").await?;
    see_saved(browser).await?;

    if browser.engine == Engine::Chromium {
        browser.be_a_telephone().await?;
        let wide = "return document.documentElement.scrollWidth;";
        assert_eq!(browser.read::<u32>(wide, Value::Null).await?, 360);
        browser.screenshot(&format!("telephone-{colours}")).await?;
        let without = json!({ "source": "delete window.WebAssembly;" });
        browser.chromium("Page.addScriptToEvaluateOnNewDocument", without).await?;
        browser.visit(&address).await?;
        see_cannot_start(browser, "WebAssembly").await?;
        browser.find("#cannot-start .old [lang=ko] a[href='recovery.html']").await?;
        browser.screenshot(&format!("old-{colours}")).await?;
    }
    Ok(())
}

/// What the page that saves offers as a file.
pub async fn saved(browser: &Browser) -> Result<(Whole, Preview)> {
    let save = "
        const made = new Promise((done) => { URL.createObjectURL = (blob) => { done(blob); return '#'; }; });
        document.querySelector('#save').click();
        return (await made).text();";
    let file: String = browser.read_later(save, Value::Null).await?;
    Ok(json::read(file.trim()).map_err(|bad| format!("{bad:?}"))?)
}

async fn see_saved(browser: &Browser) -> Result {
    let (whole, preview) = saved(browser).await?;
    assert_eq!((preview.title.as_str(), preview.rounds, preview.columns), (PROMPT, 1, 1));
    assert_eq!(whole.answers.values().map(|answer| answer.text.as_str()).collect::<Vec<_>>(), ["**one**"]);
    Ok(())
}
