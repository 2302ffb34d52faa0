//! Several providers at once.

use tutti_e2e::{Phase, journey};
use tutti_test_server::{Mount, Replay, TestServer};

use crate::stand_ins::{OPENAI, PROMPT, PROVIDERS, open, page_server, see_no_key};

#[tokio::test]
async fn three_providers_of_three_dialects_stream_side_by_side_and_one_is_stopped() {
    journey(async |browser| {
        let site = page_server().await?;
        let hosts = TestServer::start().await;
        let cassettes = PROVIDERS.map(|provider| provider.recorded_answer());
        let cassettes = cassettes.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mounts: Vec<Mount> = std::iter::zip(PROVIDERS, &cassettes)
            .map(|(provider, cassette)| {
                let replay = Replay::of(cassette);
                let half = replay.chunks.len() / 2;
                provider.mount(&hosts, replay.gated(half))
            })
            .collect();

        let page = open(browser, &site).await?;
        for (index, provider) in PROVIDERS.iter().enumerate() {
            provider.set_up(&page, index, &mounts[index]).await?;
        }
        page.ask(PROMPT).await?;
        page.wait_until_all_stream().await?;
        browser.screenshot("all-stream").await?;

        // WebKit forgets to cut off what it no longer holds in full.
        browser.collect_garbage().await?;
        let before = page.panel(1).text().await?;
        page.panel(1).stop().await?;
        mounts[1].wait_aborted(1).await;
        page.panel(1).wait_for_phase(Phase::Stopped).await?;
        let kept = page.panel(1).text().await?;
        assert!(kept.starts_with(&before), "{before:?} became {kept:?}");
        assert!(cassettes[1].expected_text().starts_with(&kept), "{kept:?}");
        assert_eq!(page.panel(0).phase().await?, Phase::Streaming);
        assert_eq!(page.panel(2).phase().await?, Phase::Streaming);
        browser.screenshot("one-is-stopped").await?;

        for index in [0, 2] {
            mounts[index].release_all();
            page.panel(index).wait_for_phase(Phase::Finished).await?;
            assert_eq!(page.panel(index).text().await?, cassettes[index].expected_text());
            assert!(!mounts[index].requests()[0].aborted);
        }
        assert_eq!(page.panel(1).text().await?, kept);
        browser.screenshot("finished").await?;

        for (provider, mount) in std::iter::zip(PROVIDERS, &mounts) {
            provider.check_request(mount);
        }
        see_no_key(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_key_stays_with_the_address_it_was_entered_for() {
    journey(async |browser| {
        let site = page_server().await?;
        let (own_host, other_host) = (TestServer::start().await, TestServer::start().await);
        let cassette = OPENAI.recorded_answer()?;
        let own = OPENAI.mount(&own_host, Replay::of(&cassette));
        let stranger = OPENAI.mount(&other_host, Replay::of(&cassette));

        let page = open(browser, &site).await?;
        OPENAI.set_up(&page, 0, &own).await?;
        page.panel(0).setup().await?.set_base_url(&format!("{}/v1", stranger.url())).await?;
        // The panel says that the key is gone, before anything is sent.
        assert!(page.panel(0).view().await?.error.is_some());
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;

        assert!(own.requests().is_empty());
        let requests = stranger.requests();
        assert_eq!(requests.len(), 1);
        assert!(!requests[0].mentions(OPENAI.key), "the key went to a stranger");
        see_no_key(browser).await
    })
    .await;
}
