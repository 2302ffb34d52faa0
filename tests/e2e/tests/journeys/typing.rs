//! The composer: what sends, and what does not.

use serde_json::{Value, json};
use thirtyfour::Key;
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, journey_with};

use crate::stand_ins::World;

#[tokio::test]
async fn enter_chooses_a_syllable_and_sends_nothing_while_korean_is_composed() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        browser.find("textarea#prompt").await?.click().await?;
        match browser.engine {
            Engine::Chromium => compose_for_real(browser, &page).await?,
            Engine::Firefox | Engine::WebKit => compose_by_events(browser, &page).await?,
        }
        // Composed to its end, the same key sends.
        browser.press_keys(Key::Enter + "").await?;
        page.panel(0).wait_for_text().await?;
        let asked: String =
            page.read("return document.querySelector('.asked').textContent;", Value::Null).await?;
        assert_eq!(asked, "안녕하세요");
        Ok(())
    })
    .await;
}

/// As an input method does it, by the browser's developer tools.
async fn compose_for_real(browser: &Browser, page: &ComparePage<'_>) -> Result {
    for text in ["ㅇ", "아", "안", "안ㄴ", "안녀", "안녕"] {
        let end = text.chars().count();
        let composed = json!({"text": text, "selectionStart": end, "selectionEnd": end});
        browser.chromium("Input.imeSetComposition", composed).await?;
    }
    for kind in ["rawKeyDown", "keyUp"] {
        let enter = json!({
            "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 13,
        });
        browser.chromium("Input.dispatchKeyEvent", enter).await?;
    }
    see_nothing_sent(page).await?;
    assert_eq!(page.prompt().await?, "안녕");
    browser.chromium("Input.insertText", json!({"text": "안녕하세요"})).await?;
    assert_eq!(page.prompt().await?, "안녕하세요");
    see_nothing_sent(page).await
}

/// The events that an input method causes, where nothing can play one.
async fn compose_by_events(browser: &Browser, page: &ComparePage<'_>) -> Result {
    let script = "
        const field = document.querySelector('textarea#prompt');
        const type = (text) => {
            field.value = text;
            field.dispatchEvent(new InputEvent('input', { bubbles: true, data: text, isComposing: true }));
        };
        const enter = (how) => field.dispatchEvent(new KeyboardEvent('keydown', {
            key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, ...how,
        }));
        field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
        ['안', '안녕', '안녕하세요'].forEach(type);
        enter({ isComposing: true });
        field.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: '안녕하세요' }));
        // Safari ends the composition first and sends the key after it, with this code.
        enter({ isComposing: false, keyCode: 229 });
        return true;";
    browser.read::<bool>(script, Value::Null).await?;
    assert_eq!(page.prompt().await?, "안녕하세요");
    see_nothing_sent(page).await
}

async fn see_nothing_sent(page: &ComparePage<'_>) -> Result {
    let phases = page.phases().await?;
    assert!(phases.iter().all(|phase| *phase == Phase::Idle), "{phases:?}");
    Ok(())
}
