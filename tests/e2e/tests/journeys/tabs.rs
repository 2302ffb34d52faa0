//! Two tabs on one conversation: one writes it, the other shows it while it grows, and may take it over.

use serde_json::Value;
use tutti_e2e::{Browser, ComparePage, Engine, Phase, Result, WindowHandle, journey};
use tutti_test_server::Replay;

use crate::conversation::{Two, ask, said, turns};
use crate::stand_ins::{chat_answer, numbered};

/// Offers to take over.
const OFFER: &str = "document.querySelector('[name=write-here]')?.checkVisibility() === true";

/// Opens the page in another tab, and there the only conversation.
async fn open_in_another_tab<'b>(two: &Two, browser: &'b Browser) -> Result<ComparePage<'b>> {
    browser.open_tab().await?;
    let page = ComparePage::open(browser, &format!("{}/", two.site.base_url())).await?;
    page.press("#open-history").await?;
    let is_listed = "document.querySelector('#history [name=open]') !== null";
    page.wait_until("the conversation in the list", is_listed, Value::Null).await?;
    page.press("#history [name=open]").await?;
    Ok(page)
}

/// Two tabs on one conversation; commands go to the second.
struct Tabs<'b> {
    first: ComparePage<'b>,
    one: WindowHandle,
    second: ComparePage<'b>,
    other: WindowHandle,
}

/// An answer that stands still after its first half.
fn held(rest: &str) -> Replay {
    chat_answer(["half ", "an answer", rest]).gated(2)
}

/// Asks in one tab, and opens another when the second model has given half an answer: it shows that, and offers to
/// take over.
async fn ask_in_one_of_two<'b>(two: &Two, browser: &'b Browser) -> Result<Tabs<'b>> {
    let first = two.open(browser).await?;
    let one = browser.tab().await?;
    first.ask("first").await?;
    says(&first, 1, "half an answer").await?;
    let second = open_in_another_tab(two, browser).await?;
    let other = browser.tab().await?;
    says(&second, 1, "half an answer").await?;
    is_offered(&second).await?;
    Ok(Tabs { first, one, second, other })
}

/// WebKitGTK pictures no tab but the first.
async fn picture(browser: &Browser, moment: &str) -> Result {
    match browser.engine {
        Engine::WebKit => Ok(()),
        _ => browser.screenshot(moment).await,
    }
}

async fn says(page: &ComparePage<'_>, at: usize, text: &str) -> Result {
    let is_there = format!("view(panels()[args])?.text.trim() === {text:?}");
    page.panel(at).wait_until(&format!("{text:?}"), &is_there).await
}

async fn is_offered(page: &ComparePage<'_>) -> Result {
    page.wait_until("an offer to take over", OFFER, Value::Null).await?;
    let cannot_send = "document.querySelector('#send').getAttribute('aria-disabled') === 'true'";
    page.wait_until("nothing to send with", cannot_send, Value::Null).await
}

async fn take_over(page: &ComparePage<'_>) -> Result {
    page.press("[name=write-here]").await?;
    page.wait_until("it was taken over", &format!("!({OFFER})"), Value::Null).await
}

#[tokio::test]
async fn a_second_tab_shows_what_the_first_one_writes_and_takes_it_over() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 3), || {
            vec![held(" and the rest"), chat_answer(["blue 2"]), chat_answer(["blue 3"])]
        })
        .await?;
        let Tabs { first, one, second, other } = ask_in_one_of_two(&two, browser).await?;
        says(&second, 0, "red 1").await?;
        second.panel(1).wait_for_phase(Phase::Streaming).await?;
        picture(browser, "watching").await?;
        // What the first tab writes appears in the second.
        two.other.release_all();
        says(&second, 1, "half an answer and the rest").await?;
        second.wait_for_all(Phase::Finished).await?;
        // What is pressed here changes nothing, but says what to do.
        second.panel(0).press("button[name=retry]").await?;
        let focus = "document.activeElement.name === 'write-here'";
        second.wait_until("the focus where one can take over", focus, Value::Null).await?;

        browser.switch_to_tab(&one).await?;
        ask(&first, "second").await?;
        assert!(!first.read::<bool>(&format!("return {OFFER};"), Value::Null).await?);
        browser.switch_to_tab(&other).await?;
        says(&second, 1, "blue 2").await?;
        second.panel(0).wait_for(".past .turn").await?;
        is_offered(&second).await?;

        take_over(&second).await?;
        ask(&second, "third").await?;
        let history = [("user", "first"), ("assistant", "red 1"), ("user", "second"), ("assistant", "red 2")];
        assert_eq!(said(&two.one, 2), [turns(&history), turns(&[("user", "third")])].concat());
        // Now the first tab shows what the second one writes.
        browser.switch_to_tab(&one).await?;
        says(&first, 0, "red 3").await?;
        is_offered(&first).await?;
        picture(browser, "taken-over").await?;
        let first = first.reload().await?;
        says(&first, 1, "blue 3").await?;
        is_offered(&first).await?;
        assert_eq!((two.one.requests().len(), two.other.requests().len()), (3, 3));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn taking_over_stops_what_is_under_way_and_keeps_what_came() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 1), || vec![held(" never comes")]).await?;
        let Tabs { first, one, second, .. } = ask_in_one_of_two(&two, browser).await?;
        take_over(&second).await?;
        second.panel(1).wait_for_phase(Phase::Stopped).await?;
        says(&second, 1, "half an answer").await?;
        two.other.release_all();
        browser.switch_to_tab(&one).await?;
        first.panel(1).wait_for_phase(Phase::Stopped).await?;
        is_offered(&first).await?;
        assert_eq!((two.one.requests().len(), two.other.requests().len()), (1, 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_a_closed_tab_wrote_is_taken_over_at_once() {
    journey(async |browser| {
        let two =
            Two::new(numbered("red", 2), || vec![held(" never comes"), chat_answer(["blue 2"])]).await?;
        let Tabs { one, second, other, .. } = ask_in_one_of_two(&two, browser).await?;
        browser.switch_to_tab(&one).await?;
        browser.close_tab(&other).await?;
        take_over(&second).await?;
        second.panel(1).wait_for_phase(Phase::Truncated).await?;
        says(&second, 1, "half an answer").await?;
        ask(&second, "second").await?;
        assert_eq!(said(&two.one, 1)[..2], turns(&[("user", "first"), ("assistant", "red 1")]));
        Ok(())
    })
    .await;
}

/// As a browser tells a page that it is put aside, or shown again as it was.
async fn tell(browser: &Browser, event: &str) -> Result {
    let tell = "dispatchEvent(new PageTransitionEvent(args, { persisted: true })); return true;";
    browser.read::<bool>(tell, Value::from(event)).await?;
    Ok(())
}

/// Waits until no tab holds a conversation.
async fn nobody_holds_any(browser: &Browser) -> Result {
    let held = "
        const { held } = await navigator.locks.query();
        return held.filter((lock) => lock.name.startsWith('tutti.comparison')).length;";
    while browser.read_later::<usize>(held, Value::Null).await? > 0 {}
    Ok(())
}

#[tokio::test]
async fn a_page_that_was_put_aside_goes_on_and_writes_nothing_that_another_has_taken() {
    journey(async |browser| {
        let two = Two::new(numbered("red", 5), numbered("blue", 5)).await?;
        let first = two.open(browser).await?;
        let one = browser.tab().await?;
        ask(&first, "first").await?;
        // Put aside and shown again, it goes on as before.
        tell(browser, "pagehide").await?;
        nobody_holds_any(browser).await?;
        tell(browser, "pageshow").await?;
        ask(&first, "second").await?;
        tell(browser, "pagehide").await?;
        nobody_holds_any(browser).await?;

        // Another tab finds it free, and goes on with it.
        let second = open_in_another_tab(&two, browser).await?;
        let other = browser.tab().await?;
        says(&second, 0, "red 2").await?;
        ask(&second, "third").await?;
        browser.switch_to_tab(&one).await?;
        tell(browser, "pageshow").await?;
        says(&first, 1, "blue 3").await?;
        is_offered(&first).await?;

        // What another tab has written and let go is read anew, and written here.
        tell(browser, "pagehide").await?;
        browser.switch_to_tab(&other).await?;
        ask(&second, "fourth").await?;
        tell(browser, "pagehide").await?;
        nobody_holds_any(browser).await?;
        browser.switch_to_tab(&one).await?;
        tell(browser, "pageshow").await?;
        says(&first, 1, "blue 4").await?;
        take_over(&first).await?;
        ask(&first, "fifth").await?;
        assert_eq!(said(&two.one, 4).len(), 9);
        assert_eq!(
            said(&two.one, 4)[6..],
            turns(&[("user", "fourth"), ("assistant", "red 4"), ("user", "fifth")])
        );

        // And really: away and back.
        let note =
            "addEventListener('pageshow', (event) => { window.wasKept = event.persisted; }); return true;";
        browser.read::<bool>(note, Value::Null).await?;
        browser.visit(&format!("{}/boot.js", two.site.base_url())).await?;
        browser.back().await?;
        let first = ComparePage::opened(browser).await?;
        says(&first, 1, "blue 5").await?;
        let was_kept: bool = browser.read("return window.wasKept === true;", Value::Null).await?;
        println!("{} kept the page in memory: {was_kept}", browser.engine.name());
        Ok(())
    })
    .await;
}
