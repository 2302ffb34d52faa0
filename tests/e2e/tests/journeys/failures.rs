//! What goes wrong on the way, and what is kept.

use std::time::Duration;

use tutti_e2e::{Phase, journey};
use tutti_test_server::{End, Pace, Replay, TestServer};

use crate::stand_ins::{ANTHROPIC, GOOGLE, OPENAI, PROMPT, PROVIDERS, open, page_server, see_no_key};

#[tokio::test]
async fn one_failure_leaves_the_others_whole() {
    journey(async |browser| {
        let site = page_server().await?;
        let hosts = TestServer::start().await;
        // Some gateways repeat the key they were sent; the page must not.
        let words = "This key is not known to the orchestra";
        let refusal = format!(
            r#"{{"error":{{"message":"{words}: {}","type":"invalid_request_error","code":"invalid_api_key"}}}}"#,
            OPENAI.key
        );
        let cut = ANTHROPIC.recorded_answer()?;
        let cut_replay = Replay::of(&cut);
        let half = cut_replay.chunks.len() / 2;
        let cut_replay = cut_replay.cut_after(half, End::Reset).gated(half);
        let whole = GOOGLE.recorded_answer()?;
        let whole_replay = Replay::of(&whole).pace(Pace::Every(Duration::from_millis(5)));
        let mounts = [
            OPENAI.mount(&hosts, Replay::json(401, refusal)),
            ANTHROPIC.mount(&hosts, cut_replay),
            GOOGLE.mount(&hosts, whole_replay),
        ];

        let page = open(browser, &site).await?;
        for (index, provider) in PROVIDERS.iter().enumerate() {
            provider.set_up(&page, index, &mounts[index]).await?;
        }
        page.ask(PROMPT).await?;
        page.panel(1).wait_for_text().await?;
        mounts[1].release_all();

        page.panel(0).wait_for_phase(Phase::Failed).await?;
        page.panel(1).wait_for_phase(Phase::Truncated).await?;
        page.panel(2).wait_for_phase(Phase::Finished).await?;
        browser.screenshot("settled").await?;

        let panels = page.panels().await?;
        let error = panels[0].error.as_deref().unwrap_or_default();
        assert!(error.contains(words), "{error:?}");
        assert_eq!(panels[0].text, "");
        assert_ne!(panels[1].text, "");
        assert!(cut.expected_text().starts_with(&panels[1].text));
        assert_eq!(panels[2].text, whole.expected_text());
        assert_eq!(panels[2].error, None);
        assert_eq!(page.panels_that_say(words).await?, [0]);
        see_no_key(browser).await
    })
    .await;
}
