//! Several providers at once, under their real names.

use tutti_e2e::{Phase, Result, drawn, journey_with};
use tutti_test_server::{Cassette, Mount, Replay};

use crate::stand_ins::{PROMPT, PROVIDERS, World};

/// Their hosts, each with half of its recorded answer before the test says more.
fn hosts(world: &World) -> Result<(Vec<Mount>, Vec<Cassette>)> {
    let cassettes = PROVIDERS.map(|provider| provider.recorded_answer());
    let cassettes = cassettes.into_iter().collect::<Result<Vec<_>>>()?;
    let hosts = std::iter::zip(PROVIDERS, &cassettes)
        .map(|(provider, cassette)| {
            let replay = Replay::of(cassette);
            let half = replay.chunks.len() / 2;
            world.host(provider, replay.gated(half))
        })
        .collect();
    Ok((hosts, cassettes))
}

#[tokio::test]
async fn three_providers_stream_side_by_side_and_one_is_stopped() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let (hosts, cassettes) = hosts(&world)?;
        let page = world.open(browser).await?;
        for (index, provider) in PROVIDERS.into_iter().enumerate() {
            provider.set_up(&page, index).await?;
        }
        page.ask(PROMPT).await?;
        page.wait_until_all_stream().await?;
        browser.screenshot("three-streaming").await?;

        // WebKit forgets to cut off what it no longer holds in full.
        browser.collect_garbage().await?;
        let before = page.panel(1).source().await?;
        page.panel(1).stop().await?;
        hosts[1].wait_aborted(1).await;
        page.panel(1).wait_for_phase(Phase::Stopped).await?;
        let kept = page.panel(1).source().await?;
        assert!(kept.starts_with(&before), "{before:?} became {kept:?}");
        assert!(cassettes[1].expected_text().starts_with(&kept), "{kept:?}");
        assert_eq!(page.panel(0).phase().await?, Phase::Streaming);
        assert_eq!(page.panel(2).phase().await?, Phase::Streaming);

        for index in [0, 2] {
            hosts[index].release_all();
            page.panel(index).wait_for_phase(Phase::Finished).await?;
            let expected = cassettes[index].expected_text();
            assert_eq!(page.panel(index).source().await?, expected);
            assert_eq!(page.panel(index).text().await?, drawn(expected));
            assert!(!hosts[index].requests()[0].aborted);
        }
        assert_eq!(page.panel(1).source().await?, kept);
        assert_eq!(page.panel(1).text().await?, drawn(&kept));
        page.wait_for_status("3 of 3").await?;
        browser.screenshot("finished").await?;

        for (provider, host) in std::iter::zip(PROVIDERS, &hosts) {
            provider.check_request(host);
        }
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn thoughts_tools_and_sources_stand_apart_from_the_answer() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let load = |name| Cassette::load(Cassette::own_folder(), name);
        let tools = load("openai_chat/tools-parallel")?;
        let sources = load("anthropic_messages/citations-web-search")?;
        let thoughts = load("gemini/thoughts")?;
        let cassettes = [&tools, &sources, &thoughts];
        for (provider, cassette) in std::iter::zip(PROVIDERS, cassettes) {
            world.host(provider, Replay::of(cassette));
        }
        let page = world.open_with(browser, &PROVIDERS).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        for (index, cassette) in cassettes.into_iter().enumerate() {
            let view = page.panel(index).view().await?;
            assert_eq!(view.text, drawn(cassette.expected_text()), "panel {index}");
            assert_eq!(view.reasoning, cassette.expected_reasoning(), "panel {index}");
        }
        let said = page.panel(0).text_of(".tools").await?;
        for words in ["concert_weather", "서울", "hall_info", "京都"] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        let links = page.panel(1).attributes(".citations a", "href").await?;
        assert_eq!(links, ["https://hall.example/season", "https://score.example/작품/12"]);
        // Nobody follows a link before a person does.
        world.see_no_key_astray(browser).await?;

        // Thoughts are folded until somebody wants them.
        let panel = page.panel(2);
        assert!(!panel.shows(".reasoning").await?);
        panel.press(".thoughts summary").await?;
        panel.wait_for(".reasoning").await?;
        browser.screenshot("extras").await
    })
    .await;
}

#[tokio::test]
async fn everything_stops_at_once() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let (hosts, cassettes) = hosts(&world)?;
        let page = world.open_with(browser, &PROVIDERS).await?;
        page.ask(PROMPT).await?;
        page.wait_until_all_stream().await?;
        browser.collect_garbage().await?;
        page.stop_all().await?;
        page.wait_for_all(Phase::Stopped).await?;
        for (host, cassette) in std::iter::zip(&hosts, &cassettes) {
            host.wait_aborted(1).await;
            assert_eq!(host.requests().len(), 1, "{}", cassette.expected_text());
        }
        // What was stopped has not failed.
        assert!(!page.offers_to_retry_failed().await?);
        world.see_no_key_astray(browser).await
    })
    .await;
}
