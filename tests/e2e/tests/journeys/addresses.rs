//! Whom the page may call.

use std::path::Path;

use serde_json::{Value, json};
use tutti::grid::settings::PanelSettings;
use tutti::model::catalog;
use tutti_e2e::{Browser, ComparePage, Phase, Result, built_page, journey_with};
use tutti_test_server::Cors;

use crate::stand_ins::{MODEL, OPENAI, PROMPT, World, chat_answer};

#[tokio::test]
async fn an_address_of_ones_own_is_called_from_the_other_page() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.net.host("llm.example.net", chat_answer(["From ", "home."])).cors(Cors::Reflective);
        let row = catalog::find("custom-openai").expect("a row of the catalogue");
        let base_url = "https://llm.example.net/v1".to_owned();
        let panel = PanelSettings { base_url, ..PanelSettings::new(row, MODEL) };
        let page = world.open_again(browser, vec![panel]).await?;
        page.ask(PROMPT).await?;
        // The browser's own words come first, a moment later what was found out.
        let is_told = "panels()[args].querySelector('.error')?.textContent.includes('allow-list') === true";
        page.panel(0).wait_until("what the policy says", is_told).await?;
        assert_eq!(world.net.attempts().iter().filter(|(name, _)| name == "llm.example.net").count(), 0);
        assert_eq!(page.prompt().await?, "");
        browser.screenshot("not-allowed").await?;

        page.panel(0).press("button[name=open-any]").await?;
        let is_other = "location.pathname.endsWith('/any.html') && document.querySelector('textarea#prompt')";
        browser.wait_until("the other page", is_other, Value::Null, "return location.href;").await?;
        let page = ComparePage::opened(browser).await?;
        assert_eq!(page.panel(0).view().await?.model, MODEL);
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        assert_eq!(page.panel(0).text().await?, "From home.");
        assert_eq!(host.requests().len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_policy_lets_nothing_out_to_a_stranger() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.net.host("stranger.example.net", chat_answer(["no"])).cors(Cors::Reflective);
        world.open(browser).await?;
        let script = "
            const refused = new Set();
            const all_told = new Promise((told) => {
                document.addEventListener('securitypolicyviolation', (event) => {
                    refused.add(event.effectiveDirective);
                    if (refused.size === 3) told();
                });
                // Only so that a failure says what was told.
                setTimeout(told, 10_000);
            });
            // In the page, since what a driver runs may have a policy of its own.
            const outcome = await window.fetch(args).then(() => 'sent', () => 'refused');
            const beacon = await new Promise((done) => {
                const image = new Image();
                image.onload = () => done('sent');
                image.onerror = () => done('refused');
                image.src = args + 'pixel.png';
            });
            // A worker that was made of a text is bound by the page's policy.
            const inside = `fetch('${args}').then(() => 'sent', () => 'refused').then(postMessage)`;
            const worker = new Worker(URL.createObjectURL(new Blob([inside])));
            const beside = await new Promise((done) => {
                worker.onmessage = ({ data }) => done(data);
                worker.onerror = () => done('no worker');
            });
            let evaluated = 'refused';
            try {
                const script = document.createElement('script');
                script.textContent = 'window.wasInjected = true';
                document.head.append(script);
                if (window.wasInjected) evaluated = 'ran';
            } catch {}
            await all_told;
            return [outcome, beacon, beside, evaluated, [...refused].sort()];";
        let seen: Value = browser.read_later(script, json!("https://stranger.example.net/")).await?;
        assert_eq!(
            seen,
            json!([
                "refused",
                "refused",
                "refused",
                "refused",
                ["connect-src", "img-src", "script-src-elem"]
            ])
        );
        assert_eq!(world.net.strangers(), []);
        let asked = world.net.all_requests();
        assert!(asked.iter().all(|request| !request.url.contains("stranger")), "{asked:?}");
        Ok(())
    })
    .await;
}

/// Asks once. The answer is how many requests to that host the page itself has made, and not a worker.
async fn asked_by_the_page(world: &World, browser: &Browser) -> Result<u64> {
    let host = world.host(OPENAI, chat_answer(["The brass ", "and the strings."]));
    let page = world.open_with(browser, &[OPENAI]).await?;
    let count =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.startsWith(args)).length";
    let before: u64 = browser.read(count, json!(OPENAI.origin())).await?;
    page.ask(PROMPT).await?;
    page.panel(0).wait_for_phase(Phase::Finished).await?;
    assert_eq!(page.panel(0).text().await?, "The brass and the strings.");
    let requests = host.requests();
    assert_eq!(requests.iter().filter(|request| request.method == "POST").count(), 1, "{requests:?}");
    let after: u64 = browser.read(count, json!(OPENAI.origin())).await?;
    Ok(after - before)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)?.flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&to)?;
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn answers_are_read_beside_the_page_or_by_it_where_no_worker_may_run() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        assert_eq!(asked_by_the_page(&world, browser).await?, 0);
        let folder = tempfile::tempdir()?;
        copy(&built_page()?, folder.path())?;
        let index = folder.path().join("index.html");
        let text = std::fs::read_to_string(&index)?;
        let without = text.replace("worker-src 'self' blob:", "worker-src 'none'");
        assert_ne!(without, text);
        std::fs::write(index, without)?;
        world.net.serve_dist_at("tutti.test", folder.path());
        assert_eq!(asked_by_the_page(&world, browser).await?, 1);
        Ok(())
    })
    .await;
}
