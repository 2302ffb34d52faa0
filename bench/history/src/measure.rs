//! The list, the search, the start.

use serde::Deserialize;
use serde_json::{Value, json};
use tutti::grid::find::grouped;
use tutti_e2e::{Browser, Engine, Result};
use tutti_test_server::TestServer;

use crate::options::Options;
use crate::store::{self, EVERY, NEEDLE};

const WATCH: &str = include_str!("watch.js");
const LIST: &str = include_str!("list.js");
const SEARCH: &str = include_str!("search.js");
/// What is typed, one after the other.
const TYPED: [&str; 10] = [
    "지휘자",
    "지휘자 1",
    "지휘자 12",
    "지휘자 12 和",
    "악",
    "악보 3",
    "harmony",
    "harmony 7",
    "調律",
    "楽譜 tempo",
];
/// How long the answers are not searched after a letter, in milliseconds: finder_worker.js.
const PAUSE_MS: f64 = 250.0;

pub struct Measured {
    /// Bytes of all answers, as UTF-8, and what the browser says that the site takes.
    pub bytes: u64,
    pub used: f64,
    /// Milliseconds until the page can be used, in each round.
    pub empty: Vec<f64>,
    pub full: Vec<f64>,
    pub lists: Vec<List>,
    pub searches: Vec<Search>,
}

#[derive(Debug, Deserialize)]
pub struct List {
    pub ms: f64,
    pub longest: f64,
    pub rows: usize,
    pub in_page: usize,
}

#[derive(Debug, Deserialize)]
pub struct Search {
    /// Milliseconds from each letter to the list.
    pub typed: Vec<f64>,
    /// How long the page's thread was busy at once, at most, while typing and while answers were searched.
    pub gap: f64,
    pub scan_gap: f64,
    /// The longest task of all of it, as the browser counts them: from 50 ms on.
    pub longest: f64,
    pub first: f64,
    pub whole: f64,
    pub status: String,
}

impl Search {
    /// Without the pause before it.
    pub fn scan_ms(&self) -> f64 {
        self.whole - PAUSE_MS
    }
}

pub async fn measure(options: &Options) -> Result<Measured> {
    let site = TestServer::start().await;
    site.serve_dist(options.files.dist.clone());
    let address = format!("{}/", site.base_url());
    let start = async |name| {
        let browser = Browser::start(Engine::Chromium, name, &Default::default()).await?;
        let script = json!({"source": WATCH});
        browser.chromium("Page.addScriptToEvaluateOnNewDocument", script).await?;
        browser.visit(&address).await?;
        ready(&browser).await?;
        Ok::<_, tutti_e2e::Failure>(browser)
    };
    let empty = start("history-empty").await?;
    let full = start("history-full").await?;
    make_stores(&full).await?;
    make_stores(&empty).await?;
    let bytes = store::fill(&full, options).await?;
    let used = "return (await navigator.storage.estimate()).usage;";
    let used: f64 = full.read_later(used, Value::Null).await?;
    let mut measured = Measured {
        bytes,
        used,
        empty: Vec::new(),
        full: Vec::new(),
        lists: Vec::new(),
        searches: Vec::new(),
    };

    // Once more than is counted: the first finds nothing in the browser's caches.
    for round in 0..=options.rounds {
        for (browser, times) in [(&empty, &mut measured.empty), (&full, &mut measured.full)] {
            browser.visit("about:blank").await?;
            browser.visit(&address).await?;
            let ms = ready(browser).await?;
            if round > 0 {
                times.push(ms);
            }
        }
    }
    let steps = counts(&full).await?;
    for round in 0..options.rounds {
        full.visit(&address).await?;
        ready(&full).await?;
        let list: List = full.read_later(LIST, Value::Null).await?;
        if list.rows != options.comparisons {
            return Err(format!("{} rows of {}", list.rows, options.comparisons).into());
        }
        let over = format!("({0} of {0} ", grouped(options.comparisons as u32));
        let args = json!({"steps": steps, "needle": NEEDLE, "over": over});
        let search: Search = full.read_later(SEARCH, args).await?;
        let hits = options.comparisons.saturating_sub(8) / EVERY + 1;
        if !search.status.starts_with(&format!("{hits} found")) {
            return Err(format!("{hits} are there, and it says: {}", search.status).into());
        }
        println!("round {}: {list:?} {search:?}", round + 1);
        measured.lists.push(list);
        measured.searches.push(search);
    }
    full.close().await;
    empty.close().await;
    Ok(measured)
}

/// Waits until the page can be used: when that was. Nothing of the list was read for it.
async fn ready(browser: &Browser) -> Result<f64> {
    let script = "
        while (!window.bench.ready) await new Promise((next) => setTimeout(next, 20));
        return [bench.ready, bench.heads + Math.max(0, bench.workers - 1)];";
    let [ready, heads]: [f64; 2] = browser.read_later(script, Value::Null).await?;
    if heads > 0.0 {
        return Err(format!("the start read the list {heads} times").into());
    }
    Ok(ready)
}

/// The page makes its stores when it first needs them; an example asks its simulated models, which is stopped and
/// deleted again.
async fn make_stores(browser: &Browser) -> Result {
    let script = "
        const find = async (selector) => {
            for (;;) {
                const found = document.querySelector(selector);
                if (found) return found;
                await new Promise((next) => setTimeout(next, 20));
            }
        };
        (await find('[name=example]')).click();
        (await find('.reply:not(:empty)'));
        (await find('#stop-all')).click();
        (await find('#open-history')).click();
        (await find('#history [name=more]')).click();
        (await find('#history [name=delete]')).click();
        await find('#history [name=undo-delete]:not([hidden])');
        sessionStorage.clear();
        return true;";
    browser.read_later::<bool>(script, Value::Null).await?;
    Ok(())
}

/// How many comparisons each beginning is in, counted without the program.
async fn counts(browser: &Browser) -> Result<Vec<(&'static str, usize)>> {
    let script = "
        const of = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
        const database = await of(indexedDB.open('tutti'));
        const heads = await of(database.transaction('heads').objectStore('heads').getAll());
        database.close();
        const texts = heads.map((head) => [head.title, ...head.prompts, ...head.models].join('\\n'));
        // As they are: no other word of fill.js is the same to the program.
        return args.map((typed) => texts.filter((text) => typed.split(' ').every((word) => text.includes(word))).length);";
    let found: Vec<usize> = browser.read_later(script, json!(TYPED)).await?;
    let mut steps: Vec<_> = TYPED.into_iter().zip(found).collect();
    // A list that stays as it is says nothing of when it was made.
    steps.dedup_by_key(|(_, count)| *count);
    steps.retain(|(_, count)| *count > 0);
    Ok(steps)
}
