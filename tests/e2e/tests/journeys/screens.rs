//! How the page looks, and whether everybody can use it.

use serde_json::{Value, json};
use thirtyfour::Key;
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, check_accessibility, journey_with};
use tutti_test_server::Replay;

use crate::stand_ins::{ANTHROPIC, OPENAI, PROMPT, World, chat_answer};

#[tokio::test]
async fn accessibility_holds_empty_streaming_and_done_in_the_light() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| see_all_moments(&world, browser, "light").await).await;
}

#[tokio::test]
async fn accessibility_holds_empty_streaming_and_done_in_the_dark() {
    let world = World::new().await;
    journey_with(world.options().dark(), async |browser| see_all_moments(&world, browser, "dark").await)
        .await;
}

/// The page as the system's colours make it: nothing is chosen in its settings.
async fn see_all_moments(world: &World, browser: &Browser, colours: &str) -> Result {
    let cassette = OPENAI.recorded_answer()?;
    let replay = Replay::of(&cassette);
    let half = replay.chunks.len() / 2;
    let host = world.host(OPENAI, replay.gated(half));
    world.host(
        ANTHROPIC,
        Replay::json(400, r#"{"type":"error","error":{"type":"invalid_request_error","message":"odd"}}"#),
    );

    world.open(browser).await?;
    let is_dark = "return matchMedia('(prefers-color-scheme: dark)').matches;";
    assert_eq!(browser.read::<bool>(is_dark, Value::Null).await?, colours == "dark");
    check_accessibility(browser, "empty").await?;

    let page = world.open_with(browser, &[OPENAI, ANTHROPIC]).await?;
    page.ask(PROMPT).await?;
    page.panel(0).wait_for_text().await?;
    page.panel(1).wait_for_error().await?;
    check_accessibility(browser, "streaming").await?;
    browser.screenshot("streaming").await?;
    host.release_all();
    page.panel(0).wait_for_phase(Phase::Finished).await?;
    check_accessibility(browser, "done").await?;

    let setup = page.panel(0).setup().await?;
    check_accessibility(browser, "setup").await?;
    setup.close().await?;
    page.panel(0).press("button[name=more]").await?;
    page.panel(0).wait_for(".menu button[name=remove]").await?;
    check_accessibility(browser, "menu").await?;
    page.panel(0).press("button[name=more]").await?;
    page.panel(0).press("button[name=models]").await?;
    page.panel(0).wait_for("[role=listbox]").await?;
    check_accessibility(browser, "models").await?;
    page.panel(0).press("button[name=models]").await?;

    let dialog = page.open_settings().await?;
    check_accessibility(browser, "settings").await?;
    browser.screenshot("settings").await?;
    dialog.close().await?;
    let dialog = page.open_keys().await?;
    check_accessibility(browser, "keys").await?;
    dialog.close().await?;
    let dialog = page.open_sets().await?;
    dialog.save_as("Quick ones").await?;
    check_accessibility(browser, "sets").await?;
    dialog.close().await?;
    for view in ["tabs", "focus"] {
        page.choose_view(view).await?;
        check_accessibility(browser, view).await?;
    }
    world.see_no_key_astray(browser).await
}

#[tokio::test]
async fn eight_answers_stream_side_by_side() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let pieces: Vec<String> =
            (1..200).map(|n| format!("In bar {n} all play together, and nobody waits. ")).collect();
        let answer = chat_answer(pieces.iter().map(String::as_str)).gated(100);
        let host = world.host(OPENAI, answer);
        let page = world.open_with(browser, &[OPENAI; 4]).await?;
        for index in 0..4 {
            page.panel(index).duplicate().await?;
        }
        page.ask(PROMPT).await?;
        let at_once = if browser.engine == Engine::WebKit { 6 } else { 8 };
        page.wait_for_count(Phase::Streaming, at_once).await?;
        browser.screenshot("eight-streaming").await?;
        // Who reads further up stays there; who is at the end follows it.
        let body = page.panel(0).find(".body").await?;
        browser.wait_for_paint().await?;
        body.send_keys(Key::Home + "").await?;
        let is_up = "panels()[args].querySelector('.body').scrollTop === 0";
        page.panel(0).wait_until("the beginning", is_up).await?;
        host.release_all();
        page.wait_for_all(Phase::Finished).await?;
        page.panel(0).wait_for("button[name=new-text]").await?;
        let at = "return [0, 1].map((index) => {
            const body = panels()[index].querySelector('.body');
            return [body.scrollTop, body.scrollHeight - body.clientHeight - body.scrollTop];
        });";
        let [reader, follower]: [[f64; 2]; 2] = page.read(at, Value::Null).await?;
        assert_eq!(reader[0], 0.0, "who reads was moved");
        assert!(follower[1] < 80.0, "the end is {} px away", follower[1]);
        page.panel(0).press("button[name=new-text]").await?;
        page.wait_until(
            "no more text below",
            "!isSeen(panels()[0].querySelector('button[name=new-text]'))",
            Value::Null,
        )
        .await?;
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_telephone_shows_one_panel_and_the_composer_stays() {
    let world = World::new().await;
    journey_with(world.options().telephone(), async |browser| {
        let page = world.open(browser).await?;
        see_it_fits(browser, &page, "empty").await?;
        browser.screenshot("first-visit").await?;
        check_accessibility(browser, "narrow").await?;
        for language in ["ko", "ja", "en"] {
            page.choose_language(language).await?;
            let lines = "
                const seen = [...document.querySelectorAll('.top :is(button, select)')].filter(isSeen);
                return new Set(seen.map((it) => it.getBoundingClientRect().top)).size;";
            let lines: usize = page.read(lines, Value::Null).await?;
            assert!(lines <= 2, "the bar at the top has {lines} lines in {language}");
            let rest: f64 =
                page.read("return document.querySelector('.top').offsetHeight;", Value::Null).await?;
            assert!(rest < 80.0, "{rest} px in {language}");
        }
        page.ask(PROMPT).await?;
        page.wait_until_all_have_text().await?;
        see_it_fits(browser, &page, "streaming").await?;
        browser.screenshot("streaming").await?;
        page.panel(0).setup().await?;
        see_it_fits(browser, &page, "setup").await?;
        let dialog = page.open_settings().await?;
        see_it_fits(browser, &page, "settings").await?;
        browser.screenshot("settings").await?;
        dialog.close().await?;
        // The narrowest that WCAG asks for.
        let narrow = json!({"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true});
        browser.chromium("Emulation.setDeviceMetricsOverride", narrow).await?;
        see_it_fits(browser, &page, "320 px").await
    })
    .await;
}

/// The page scrolls nowhere sideways, and the composer lies inside the window.
async fn see_it_fits(browser: &Browser, page: &ComparePage<'_>, moment: &str) -> Result {
    let script = "
        const root = document.documentElement;
        const send = document.querySelector('#send').getBoundingClientRect();
        return {
            wide: Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth,
            right: innerWidth - send.right,
            below: innerHeight - send.bottom,
        };";
    let seen: Value = page.read(script, Value::Null).await?;
    let at_least_none = |name: &str| seen[name].as_f64().is_some_and(|room| room >= 0.0);
    if seen["wide"] != json!(0) || !at_least_none("right") || !at_least_none("below") {
        browser.screenshot("does-not-fit").await?;
        return Err(format!("{moment}: {seen}").into());
    }
    Ok(())
}
