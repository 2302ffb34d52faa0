//! What nobody wants to send or get: one clear sentence, in the panel it belongs to.

use tutti::grid::settings::PanelSettings;
use tutti::model::catalog;
use tutti_e2e::{Phase, journey_with};
use tutti_test_server::{Replay, Script};

use crate::stand_ins::{ANTHROPIC, GOOGLE, MODEL, OPENAI, PROMPT, World, chat_answer, paste_keys};

#[tokio::test]
async fn each_panel_says_what_is_wrong_with_it_and_the_others_answer() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let hostile = "<img src=x onerror=alert(1)>\u{202e}gpt\u{2066}";
        let unknown = r#"{"error":{"message":"no model <b>here</b>\u202e","type":"invalid_request_error","code":"model_not_found"}}"#;
        world.host(OPENAI, Replay::json(404, unknown));
        let portal = "<!doctype html><title>Hotel</title><h1>Please sign in</h1>";
        world.host(ANTHROPIC, Replay::new(200).header("content-type", "text/html").chunks([portal]));
        let panels = vec![
            OPENAI.panel(),
            // Nobody has entered a key for this one.
            PanelSettings::new(catalog::find("groq").expect("a row of the catalogue"), MODEL),
            PanelSettings { model: hostile.to_owned(), ..OPENAI.panel() },
            ANTHROPIC.panel(),
            PanelSettings { model: " ".to_owned(), ..GOOGLE.panel() },
            PanelSettings { extra: "{\"a\": }".to_owned(), ..GOOGLE.panel() },
        ];
        let page = world.open_again(browser, panels).await?;
        paste_keys(&page, &[OPENAI, ANTHROPIC, GOOGLE]).await?;
        // What is no address at all is not saved, so it is typed.
        page.panel(0).setup().await?.set("base-url", "ftp://files.example").await?;
        page.ask(PROMPT).await?;
        for (index, words) in
            ["https://", "key", "does not know this model", "web page", "model", "line 1, column"].iter().enumerate()
        {
            let error = page.panel(index).wait_for_error().await?;
            assert!(error.contains(words), "panel {index} says {error:?}");
        }
        browser.screenshot("all-wrong").await?;
        // Markup stays text, in the model's name and in the provider's words.
        let panels = page.panels().await?;
        assert_eq!(panels[2].model, hostile);
        assert!(panels[2].error.as_deref().is_some_and(|error| error.contains("<b>here</b>")));
        let made = "return document.querySelectorAll('img, .error b, main script').length;";
        assert_eq!(browser.read::<u64>(made, serde_json::Value::Null).await?, 0);
        assert!(page.offers_to_retry_failed().await?);
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn a_line_of_fifty_megabytes_ends_one_answer_and_keeps_what_came() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let piece = r#"data: {"choices":[{"index":0,"delta":{"content":"What came before."}}]}"#;
        let endless = Script::sse()
            .send(format!("{piece}\n\ndata: "))
            .repeat("x".repeat(64 * 1024), 50 * 16)
            .send("\n\n");
        world.host(OPENAI, endless);
        let other = world.host(ANTHROPIC, Replay::of(&ANTHROPIC.recorded_answer()?));
        let page = world.open_with(browser, &[OPENAI, ANTHROPIC]).await?;
        page.ask(PROMPT).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains("larger than the limit"), "{error}");
        assert_eq!(page.panel(0).text().await?, "What came before.");
        page.panel(1).wait_for_phase(Phase::Finished).await?;
        other.wait_complete(1).await;
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn an_address_or_a_key_that_cannot_be_is_said_before_anything_is_sent() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(OPENAI, chat_answer(["never"]));
        let page = world.open_again(browser, vec![OPENAI.panel()]).await?;
        let setup = page.panel(0).setup().await?;
        // A key with a line break or a letter that no header can carry.
        setup.set_key("ключ").await?;
        let says = "panels()[args].querySelector('.setup .said').textContent.includes('characters')";
        page.panel(0).wait_until("what is wrong with the key", says).await?;
        setup.set("temperature", "warm").await?;
        page.panel(0).wait_for(".wrong").await?;
        setup.set("temperature", "").await?;
        setup.set("base-url", "https://user:word@api.openai.com/v1").await?;
        page.ask(PROMPT).await?;
        let error = page.panel(0).wait_for_error().await?;
        assert!(error.contains("user name"), "{error}");
        assert_eq!(page.prompt().await?, PROMPT);
        assert!(host.requests().is_empty());
        world.see_no_key_astray(browser).await
    })
    .await;
}
