//! Keys: where they come from, whom they go to, and how they go away.

use tutti_e2e::{Phase, journey_with};
use tutti_test_server::{Cors, Replay};

use crate::stand_ins::{ANTHROPIC, GOOGLE, OPENAI, PROMPT, World, paste_keys};

#[tokio::test]
async fn a_key_stays_with_the_address_it_was_entered_for() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let own = world.host(OPENAI, Replay::of(&OPENAI.recorded_answer()?));
        let stranger = world.net.host("api.groq.com", Replay::of(&OPENAI.recorded_answer()?));
        let page = world.open_again(browser, vec![OPENAI.panel()]).await?;
        let panel = page.panel(0);
        panel.setup().await?.set_key(OPENAI.key).await?;
        panel.setup().await?.set("base-url", "https://api.groq.com/openai/v1").await?;
        let state = panel.text_of(".key-state").await?;
        page.ask(PROMPT).await?;
        // A server of one's own may need no key, so it is asked, but without one.
        panel.wait_for_phase(Phase::Finished).await?;
        assert!(own.requests().is_empty());
        assert_eq!(stranger.requests().len(), 1);
        assert_eq!(stranger.requests()[0].header("authorization"), None);

        // Back at the old address the key is still there, as the panel says.
        panel.setup().await?.set("base-url", "https://api.openai.com/v1").await?;
        assert_ne!(panel.text_of(".key-state").await?, state);
        page.ask(PROMPT).await?;
        own.wait_for_requests(1).await;
        panel.wait_for_phase(Phase::Finished).await?;
        OPENAI.check_request(&own);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn pasted_lines_become_keys_which_are_checked_and_forgotten() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.host(OPENAI, Replay::new(500));
        let page = world.open_again(browser, vec![OPENAI.panel(), ANTHROPIC.panel()]).await?;
        let dialog = page.open_keys().await?;
        let lines = format!(
            "# mine\nexport OPENAI_API_KEY=\"{}\"\nUNKNOWN_THING=7\nANTHROPIC_API_KEY='{}' # old\n",
            OPENAI.key, ANTHROPIC.key
        );
        dialog.paste(&lines).await?;
        dialog.wait_for_origin(&ANTHROPIC.origin()).await?;
        let mut origins = dialog.origins().await?;
        origins.sort();
        assert_eq!(origins, [ANTHROPIC.origin(), OPENAI.origin()]);
        // What it could not use is named; no key is.
        let said = dialog.text().await?;
        assert!(said.contains("UNKNOWN_THING"), "{said}");
        browser.screenshot("dialog").await?;
        dialog.forget(&ANTHROPIC.origin()).await?;
        dialog.close().await?;

        let setup = page.panel(0).setup().await?;
        setup.check().await?;
        let said = setup.wait_for_check().await?;
        assert!(said.contains('1'), "one model is listed: {said}");

        let dialog = page.open_keys().await?;
        dialog.forget_all().await?;
        dialog.close().await?;
        page.ask(PROMPT).await?;
        for index in [0, 1] {
            page.panel(index).wait_for_error().await?;
        }
        // A page that is loaded anew knows nothing of them either.
        let page = page.reload().await?;
        let dialog = page.open_keys().await?;
        assert_eq!(dialog.origins().await?, Vec::<String>::new());
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_remembered_key_is_there_in_a_new_tab_and_readable_nowhere() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(GOOGLE, Replay::of(&GOOGLE.recorded_answer()?));
        let page = world.open_with(browser, &[GOOGLE]).await?;
        let dialog = page.open_keys().await?;
        dialog.switch_remember().await?;
        dialog.close().await?;
        world.see_no_key_astray(browser).await?;

        // A new tab has a session storage of its own.
        browser.open_tab().await?;
        let page = world.open(browser).await?;
        let dialog = page.open_keys().await?;
        let is_listed = "document.querySelector('dialog#keys [data-origin]') !== null";
        page.wait_until("the key that was read from the device", is_listed, serde_json::Value::Null).await?;
        assert_eq!(dialog.origins().await?, [GOOGLE.origin()]);
        dialog.close().await?;
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        GOOGLE.check_request(&host);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_wrong_key_is_told_never_repeated_and_replaced() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        // Some gateways repeat the key they were sent; the page must not.
        let words = "This key is not known to the orchestra";
        let refusal = format!(
            r#"{{"type":"error","error":{{"type":"authentication_error","message":"{words}: {}"}}}}"#,
            ANTHROPIC.key
        );
        let host =
            world.host(ANTHROPIC, Replay::json(401, refusal)).then(Replay::of(&ANTHROPIC.recorded_answer()?));
        // This one tells pages nothing of a 401.
        let silent = world.host(OPENAI, Replay::json(401, r#"{"error":{"message":"no"}}"#));
        let page = world.open_with(browser, &[ANTHROPIC, OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Failed).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains(words), "{error}");
        assert!(error.contains("key"), "{error}");
        // What cannot be known is not claimed, but the key is named as a cause.
        page.panel(1).wait_for("button[name=curl]").await?;
        let error = page.panel(1).error().await?;
        assert!(error.contains("CORS") && error.contains("key"), "{error}");
        assert!(!silent.requests().is_empty());

        // The focus moves when the person says so, not before.
        let focused = "return document.activeElement?.name ?? '';";
        assert_ne!(browser.read::<String>(focused, serde_json::Value::Null).await?, "key");
        page.panel(0).press("button[name=enter-key]").await?;
        page.panel(0).wait_for("input[name=key]:focus").await?;
        page.panel(0).setup().await?.set_key(ANTHROPIC.key).await?;
        page.panel(0).setup().await?.close().await?;
        page.panel(0).retry().await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        assert_eq!(host.requests().len(), 2);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_host_that_refuses_pages_is_told_apart_and_can_be_asked_by_hand() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, Replay::of(&OPENAI.recorded_answer()?)).cors(Cors::None);
        let page = world.open_again(browser, vec![OPENAI.panel()]).await?;
        paste_keys(&page, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        let panel = page.panel(0);
        panel.wait_for_phase(Phase::Failed).await?;
        // What is said at first, when nothing is known yet, has such a button too.
        panel.wait_until("the reason", "view(panels()[args]).error?.includes('can be reached')").await?;
        let error = panel.error().await?;
        assert!(error.contains("CORS"), "{error}");
        assert!(host.requests().is_empty(), "a refused preflight lets nothing through");

        panel.press("button[name=curl]").await?;
        let line = page.pasted_clipboard().await?;
        assert!(line.starts_with("curl ") && line.contains("$KEY"), "{line}");
        assert!(line.contains(OPENAI.host) && line.contains(PROMPT), "{line}");
        assert!(!line.contains(OPENAI.key), "{line}");
        browser.screenshot("refused").await?;
        world.see_no_key_astray(browser).await
    })
    .await;
}
