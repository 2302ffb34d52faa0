//! What goes wrong on the way, and what is kept.

use std::collections::BTreeSet;

use tutti_e2e::{Phase, drawn, journey_with};
use tutti_test_server::{End, Replay};

use crate::stand_ins::{ANTHROPIC, GOOGLE, OPENAI, PROMPT, PROVIDERS, World};

#[tokio::test]
async fn the_failed_are_asked_again_and_nobody_else_is_touched() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let words = "The orchestra is on holiday";
        let refusal =
            format!(r#"{{"error":{{"message":"{words}","code":400,"status":"FAILED_PRECONDITION"}}}}"#);
        let (cut, second) = (ANTHROPIC.recorded_answer()?, GOOGLE.recorded_answer()?);
        let cut_replay = Replay::of(&cut);
        let half = cut_replay.chunks.len() / 2;
        let whole = OPENAI.recorded_answer()?;
        let hosts = [
            world.host(OPENAI, Replay::of(&whole)),
            world
                .host(ANTHROPIC, cut_replay.clone().cut_after(half, End::Reset).gated(half))
                .then(cut_replay),
            world.host(GOOGLE, Replay::json(400, refusal)).then(Replay::of(&second)),
        ];
        let page = world.open_with(browser, &PROVIDERS).await?;
        page.ask(PROMPT).await?;
        page.panel(1).wait_for_text().await?;
        // The server goes in mid-stream.
        hosts[1].release_all();
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(1).wait_for_phase(Phase::Truncated).await?;
        page.panel(2).wait_for_phase(Phase::Failed).await?;
        browser.screenshot("one-failed").await?;

        let panels = page.panels().await?;
        assert_eq!((&panels[0].text, &panels[0].error), (&drawn(whole.expected_text()), &None));
        let kept = page.panel(1).source().await?;
        assert!(!kept.is_empty() && cut.expected_text().starts_with(&kept), "{kept:?}");
        assert_eq!(panels[1].text, drawn(&kept));
        assert!(panels[1].phase_words.contains("incomplete"), "{:?}", panels[1]);
        assert!(panels[2].error.as_deref().is_some_and(|error| error.contains(words)), "{:?}", panels[2]);
        assert_eq!(page.panels_that_say(words).await?, [2]);

        assert!(page.offers_to_retry_failed().await?);
        page.retry_failed().await?;
        page.wait_for_all(Phase::Finished).await?;
        let panels = page.panels().await?;
        for (index, cassette) in [&whole, &cut, &second].into_iter().enumerate() {
            assert_eq!(panels[index].text, drawn(cassette.expected_text()));
            assert_eq!(page.panel(index).source().await?, cassette.expected_text());
        }
        assert_eq!(hosts.each_ref().map(|host| host.requests().len()), [1, 2, 2]);
        assert!(hosts[2].requests().iter().all(|request| request.mentions(PROMPT)));
        assert!(!page.offers_to_retry_failed().await?);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn too_many_requests_are_waited_for_and_then_answered() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let cassette = ANTHROPIC.recorded_answer()?;
        let slow_down = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slowly"}}"#;
        let host = world
            .host(
                ANTHROPIC,
                Replay::json(429, slow_down)
                    .header("retry-after", "3")
                    .header("access-control-expose-headers", "retry-after"),
            )
            .then(Replay::of(&cassette));
        let page = world.open_with(browser, &[ANTHROPIC]).await?;
        let said = page.panel(0).note_phase_words().await?;
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        // Which error, which attempt comes next, and when; the seconds count. All that was said is looked at
        // afterwards: a slow driver may not look while it is said.
        let said = said.read().await?;
        let waits: BTreeSet<&String> =
            said.iter().filter(|words| words.contains("429") && words.contains("attempt 2")).collect();
        assert!(waits.len() > 1, "{said:?}");
        let view = page.panel(0).view().await?;
        assert_eq!(view.text, drawn(cassette.expected_text()));
        assert_eq!(view.error, None);
        assert_eq!(host.requests().len(), 2);
        world.see_no_key_astray(browser).await
    })
    .await;
}
