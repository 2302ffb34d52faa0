//! With a mouse.

use serde_json::Value;
use thirtyfour::Key;
use tutti_e2e::{Phase, journey_with};

use crate::stand_ins::{OPENAI, PROMPT, World, chat_answer};

#[tokio::test]
async fn panels_are_ordered_by_dragging_their_chips() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        let chips =
            [browser.nth("#chips [data-chip]", 0).await?, browser.nth("#chips [data-chip]", 2).await?];
        browser.drag(&chips[0], &chips[1]).await?;
        let order = "panels().map((panel) => view(panel).model).join()";
        let is_moved = format!("{order} === 'sim-steady,sim-thinker,sim-quick'");
        page.wait_until("another order", &is_moved, Value::Null).await?;
        // A drag is no click: all of them still take part.
        let are_on =
            "[...document.querySelectorAll('[data-chip]')].every((chip) => chip.ariaPressed === 'true')";
        page.wait_until("all chips on", are_on, Value::Null).await?;
        browser.nth("#chips [data-chip]", 0).await?.click().await?;
        let is_off = "document.querySelector('[data-chip]').ariaPressed === 'false'";
        page.wait_until("a chip off", is_off, Value::Null).await
    })
    .await;
}

#[tokio::test]
async fn linked_panels_scroll_together() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let pieces: Vec<String> = (1..200).map(|n| format!("Bar {n}: all play together. ")).collect();
        world.host(OPENAI, chat_answer(pieces.iter().map(String::as_str)));
        let page = world.open_with(browser, &[OPENAI, OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        let tops = "panels().map((panel) => panel.querySelector('.body').scrollTop)";
        page.wait_until("the end of both", &format!("{tops}.every((top) => top > 100)"), Value::Null).await?;

        // Apart, each has its own place.
        page.panel(0).find(".body").await?.send_keys(Key::Home + "").await?;
        page.wait_until("one at its beginning", &format!("{tops}[0] === 0"), Value::Null).await?;
        browser.wait_for_paint().await?;
        page.wait_until("the other at its end", &format!("{tops}[1] > 100"), Value::Null).await?;

        page.press("#linked-scroll").await?;
        let body = page.panel(1).find(".body").await?;
        browser.wait_for_paint().await?;
        body.send_keys(Key::Home + "").await?;
        page.wait_until("both at the beginning", &format!("{tops}.every((top) => top === 0)"), Value::Null)
            .await?;
        body.send_keys(Key::End + "").await?;
        page.wait_until("both at the end", &format!("{tops}.every((top) => top > 100)"), Value::Null).await
    })
    .await;
}
