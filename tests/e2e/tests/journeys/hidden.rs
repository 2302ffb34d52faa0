//! Nobody looks, and the answers come all the same.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, drawn, journey, journey_with};
use tutti_test_server::{End, Mount, Replay, Script, chat};

use crate::stand_ins::{
    Beats, Locals, MAY_LOSE_MS, OPENAI, PROMPT, PROVIDERS, SITE, World, counted, page_server, stored,
};

#[tokio::test]
async fn answers_complete_in_a_hidden_tab_and_its_title_says_so() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let mut hosts = Vec::new();
        let mut texts = Vec::new();
        for provider in PROVIDERS {
            let cassette = provider.recorded_answer()?;
            texts.push(drawn(cassette.expected_text()));
            let replay = Replay::of(&cassette);
            let half = replay.chunks.len() / 2;
            hosts.push(world.host(provider, replay.gated(half)));
        }
        let seen = match browser.engine {
            Engine::Chromium | Engine::Firefox => behind_another(&world, browser, &hosts).await?,
            Engine::WebKit => never_in_front(&world, browser, &hosts).await?,
        };
        assert_eq!(seen["hidden"], json!(true));
        assert_eq!(seen["texts"], json!(texts));
        let title = seen["title"].as_str().unwrap_or_default();
        assert!(title.contains("3/3"), "{title:?}");
        world.see_no_key_astray(browser).await
    })
    .await;
}

/// What the page says to other tabs once all has ended.
const TELL: &str = "
    const look = () => {
        const panels = [...document.querySelectorAll('section[data-panel]')];
        const over = panels.every((panel) => panel.dataset.phase === 'finished');
        if (!over || document.title === 'Tutti') return;
        watch.disconnect();
        const texts = panels.map((panel) => panel.querySelector('.reply').textContent);
        const seen = { hidden: document.hidden, title: document.title, texts };
        new BroadcastChannel('journey').postMessage(JSON.stringify(seen));
    };
    const watch = new MutationObserver(look);
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    return true;";

/// Hears what a page says, from now on.
const LISTEN: &str = "
    const channel = new BroadcastChannel('journey');
    window.heard = new Promise((done) => { channel.onmessage = ({ data }) => done(data); });
    return true;";

/// Another tab is opened in front while the answers stream.
async fn behind_another(world: &World, browser: &Browser, hosts: &[Mount]) -> Result<Value> {
    let page = world.open_with(browser, &PROVIDERS).await?;
    page.ask(PROMPT).await?;
    page.wait_until_all_stream().await?;
    browser.read::<bool>(TELL, Value::Null).await?;
    let first = browser.tab().await?;
    browser.open_tab().await?;
    browser.visit(&format!("{SITE}boot.js")).await?;
    browser.read::<bool>(LISTEN, Value::Null).await?;
    for host in hosts {
        host.release_all();
    }
    let heard: String = browser.read_later("return await window.heard;", Value::Null).await?;
    browser.switch_to_tab(&first).await?;
    // Who looks again finds the page under its own name.
    let title = "document.title === 'Tutti'";
    browser.wait_until("the page's own title", title, Value::Null, "return document.title;").await?;
    Ok(serde_json::from_str(&heard)?)
}

/// The page stands in a tab that is hidden from the beginning.
async fn never_in_front(world: &World, browser: &Browser, hosts: &[Mount]) -> Result<Value> {
    browser.open_tab().await?;
    let page: ComparePage<'_> = world.open_with(browser, &PROVIDERS).await?;
    page.ask(PROMPT).await?;
    for host in hosts {
        host.wait_for_requests(1).await;
        host.release_all();
    }
    page.wait_for_all(Phase::Finished).await?;
    let seen = "return {
        hidden: document.hidden,
        title: document.title,
        texts: panels().map((panel) => view(panel).text),
    };";
    page.read(seen, Value::Null).await
}

/// As a hidden tab at its worst: no frame ever comes, and timers ring with the next full minute.
const BE_HIDDEN: &str = "
    const [timeout, interval] = [window.setTimeout, window.setInterval];
    const late = (ms = 0) => ms + 60_000 - (performance.now() + ms) % 60_000;
    window.setTimeout = (act, ms, ...more) => timeout(act, late(ms), ...more);
    window.setInterval = (act, ms, ...more) => interval(act, late(ms), ...more);
    window.requestAnimationFrame = () => 1;
    window.requestIdleCallback = () => 1;
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    return true;";

#[tokio::test]
async fn twenty_seconds_without_frames_and_timers_lose_nothing() {
    const PANELS: usize = 8;
    const PIECES: usize = 200;
    journey(async |browser| {
        let site = page_server().await?;
        let beats = Beats::new().await;
        let locals = Locals::new(PANELS, |_| counted(PIECES, Duration::from_millis(100))).await;
        let page = locals.open(browser, &format!("{}/", site.base_url())).await?;
        page.set_prompt(PROMPT).await?;
        beats.begin(browser).await?;
        browser.read::<bool>(BE_HIDDEN, Value::Null).await?;
        page.send().await?;
        for host in &locals.hosts {
            host.wait_for_requests(1).await;
        }
        // Whoever is killed now finds what is stored now.
        let mut worst = 0;
        // All that is stored is read each time: without a pause, the machine does nothing else.
        let mut looks = tokio::time::interval(Duration::from_millis(MAY_LOSE_MS / 5));
        while !locals.hosts.iter().all(|host| host.requests()[0].complete) {
            looks.tick().await;
            let now = Instant::now();
            let pieces = written(&stored(browser, "segments").await?);
            for (panel, host) in locals.hosts.iter().enumerate() {
                let has = pieces.get(&panel).copied().unwrap_or_default();
                let request = &host.requests()[0];
                let missing = request.chunks_ms.get(has).filter(|_| has < PIECES && !request.complete);
                let lost = missing.map_or(0, |sent| host.ms_at(now).saturating_sub(*sent));
                worst = worst.max(lost);
                let stalled = beats.stalled_ms(now);
                assert!(
                    lost <= MAY_LOSE_MS + stalled,
                    "{lost} ms not stored, the page stood for {stalled} ms"
                );
            }
        }
        page.wait_for_all(Phase::Finished).await?;
        let whole: Vec<String> = (0..PIECES).map(|word| word.to_string()).collect();
        for view in page.panels().await? {
            assert_eq!(view.text.trim(), whole.join(" "));
        }
        while stored(browser, "segments").await? != json!([]) {}
        let answers = stored(browser, "answers").await?;
        let texts = answers.as_array().into_iter().flatten().map(|it| it["record"]["text"].as_str());
        let texts: Vec<_> = texts.map(|text| text.unwrap_or_default().trim()).collect();
        assert_eq!(texts, vec![whole.join(" "); PANELS]);
        println!("at most {worst} ms of an answer lay in memory alone");
        Ok(())
    })
    .await;
}

/// How many words of each panel are written down: pieces name the column's number.
fn written(segments: &Value) -> BTreeMap<usize, usize> {
    let mut words = BTreeMap::new();
    let segments = segments.as_array().into_iter().flatten();
    for piece in segments.flat_map(|it| it["record"]["pieces"].as_array().into_iter().flatten()) {
        let column = piece["of"][1].as_u64().unwrap_or_default() as usize;
        let events = piece["events"].as_array().into_iter().flatten();
        let texts = events.filter_map(|event| event["text"].as_str());
        let count: usize = texts.map(|text| text.split_whitespace().count()).sum();
        *words.entry(column).or_default() += count;
    }
    words
}

/// The page's clocks and timers run twenty times as fast, so that nobody waits for them.
const HURRY: &str = "
    const [timeout, interval, now] = [window.setTimeout, window.setInterval, performance.now.bind(performance)];
    // A minute is how long the journey itself waits.
    window.setTimeout = (act, ms = 0, ...more) => timeout(act, ms === 60_000 ? ms : ms / 20, ...more);
    window.setInterval = (act, ms = 0, ...more) => interval(act, ms / 20, ...more);
    performance.now = () => now() * 20;
    const begun = Date.now();
    window.slept = 0;
    Date.now = () => Math.round(begun + slept + now() * 20);
    return true;";

#[tokio::test]
async fn last_words_are_drawn_when_the_provider_has_finished_though_the_body_goes_on() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(
            OPENAI,
            Script::sse()
                .send(chat::text("one "))
                .wait_for_release()
                .send(chat::text("two"))
                .send(chat::finish("stop"))
                .wait_for_release()
                .send(chat::DONE),
        );
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_text().await?;
        browser.read::<bool>(BE_HIDDEN, Value::Null).await?;
        host.release(1);
        let is_drawn = "view(panels()[args]).text === 'one two'";
        page.panel(0).wait_until("its last words", is_drawn).await?;
        assert_eq!(page.panel(0).view().await?.phase, Phase::Streaming);
        host.release(1);
        page.panel(0).wait_for_phase(Phase::Finished).await
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_died_while_the_computer_slept_says_so_and_can_be_asked_again() {
    journey(async |browser| {
        let site = page_server().await?;
        let died = Script::sse().send(chat::text("Half an answer")).end(End::Hang);
        let locals = Locals::new(1, |_| died.clone()).await;
        locals.hosts[0].clone().then(counted(3, Duration::ZERO));
        let page = locals.open(browser, &format!("{}/", site.base_url())).await?;
        page.set_prompt(PROMPT).await?;
        browser.read::<bool>(HURRY, Value::Null).await?;
        page.send().await?;
        page.panel(0).wait_until("half an answer", "view(panels()[args]).text === 'Half an answer'").await?;
        // The wall clock went on for three hours, the other one stood.
        browser.read::<bool>("window.slept = 3 * 3_600_000; return true;", Value::Null).await?;
        let said = page.panel(0).wait_for_error().await?;
        assert!(said.contains("Nothing came"), "{said}");
        page.panel(0).wait_for_phase(Phase::Truncated).await?;
        assert_eq!(page.panel(0).text().await?, "Half an answer");
        assert_eq!(locals.hosts[0].requests().len(), 1, "nothing is sent again by itself");
        browser.screenshot("slept").await?;
        page.panel(0).press("button[name=retry-here]").await?;
        page.panel(0).wait_until("another answer", "view(panels()[args]).text.trim() === '0 1 2'").await?;
        Ok(())
    })
    .await;
}
