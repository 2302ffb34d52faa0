//! Nobody looks, and the answers come all the same.

use serde_json::{Value, json};
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, drawn, journey_with};
use tutti_test_server::{Mount, Replay};

use crate::stand_ins::{PROMPT, PROVIDERS, SITE, World};

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
