//! What is loaded with the first code block and the first formula, and what it does.

use std::time::Duration;

use serde_json::{Value, json};
use tutti_e2e::{Browser, ComparePage, Phase, Result, journey_with};
use tutti_test_server::{Script, chat};

use crate::stand_ins::{OPENAI, PROMPT, World, chat_answer};

/// Ranges of all classes, each as its class and its text.
const COLOURED: &str = "[...CSS.highlights].flatMap(([name, ranges]) => [...ranges].map((range) => {
    const whole = document.createRange();
    whole.setStart(range.startContainer, range.startOffset);
    whole.setEnd(range.endContainer, range.endOffset);
    return name.replace('tutti-', '') + ' ' + whole.toString().trim();
}))";

async fn ask<'b>(
    world: &World,
    browser: &'b Browser,
    answer: impl Into<tutti_test_server::script::Scripts>,
) -> Result<ComparePage<'b>> {
    world.host(OPENAI, answer);
    let page = world.open_with(browser, &[OPENAI]).await?;
    page.ask(PROMPT).await?;
    Ok(page)
}

/// How many such files the page itself has asked for; what keeps the page asks for all of them, later.
async fn asked_for(browser: &Browser, what: &str) -> Result<usize> {
    let asked = browser.requested().await?;
    Ok(asked.iter().filter(|url| url.contains("/parts-") && url.ends_with(what)).count())
}

#[tokio::test]
async fn code_is_coloured_while_it_streams_and_nothing_of_that_is_loaded_before() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let host = world.host(
            OPENAI,
            Script::sse()
                .send(chat::text("Words, and no code.\n\n"))
                .wait_for_release()
                .send(chat::text("```rust\n// 한글 😀\nfn main() {\n    let a = 1;\n"))
                .wait_for_release()
                .send(chat::text("}\n```\n"))
                .send(chat::finish("stop"))
                .send(chat::DONE),
        );
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.panel(0).wait_for_text().await?;
        assert_eq!(asked_for(browser, "").await?, 0);
        host.release(1);
        page.panel(0).wait_for("figure code").await?;
        if browser.read::<bool>("return 'Highlight' in window;", Value::Null).await? {
            wait_for_colours(browser, &["comment // 한글 😀", "keyword fn", "function main", "constant 1"])
                .await?;
            assert_eq!(asked_for(browser, "highlight.wasm").await?, 1);
            assert_eq!(asked_for(browser, "rust.pack").await?, 1);
            assert_eq!(asked_for(browser, ".pack").await?, 1);
        }
        assert_eq!(asked_for(browser, "math.wasm").await?, 0);
        host.release(1);
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        browser.screenshot("coloured").await?;
        world.see_no_key_astray(browser).await
    })
    .await;
}

async fn wait_for_colours(browser: &Browser, expected: &[&str]) -> Result {
    let script = format!(
        "const begun = performance.now();
        const look = () => {COLOURED};
        let found = look();
        while (!args.every((it) => found.includes(it)) && performance.now() - begun < 30_000) {{
            await new Promise((turn) => requestAnimationFrame(turn));
            found = look();
        }}
        return found;"
    );
    let found: Vec<String> = browser.read_later(&script, json!(expected)).await?;
    for one in expected {
        assert!(found.iter().any(|it| it == one), "{one} is not in {found:?}");
    }
    Ok(())
}

#[tokio::test]
async fn formulas_are_drawn_and_copied_as_they_were_written() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let answer = [
            "Inline $a^2$ and\n\n$$\\frac{\\pi}{2} = \\boxed{x}$$\n\n",
            "wrong: $\\nonsense{a}$, hostile: $\\operatorname{<img src=x onerror=alert(1)>}$ end\n",
        ];
        let page = ask(&world, browser, chat_answer(answer)).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        page.panel(0).wait_for(".math[title]").await?;
        page.panel(0)
            .wait_until(
                "all formulas were tried",
                "document.querySelectorAll('math, .math[title]').length === 4",
            )
            .await?;
        let drawn = "return [...document.querySelectorAll('math')].map((it) => [it.namespaceURI,
            it.getAttribute('display'), it.textContent, it.querySelectorAll('mfrac, msup').length,
            it.getBoundingClientRect().width > 5]);";
        let drawn: Vec<(String, Option<String>, String, u32, bool)> =
            browser.read(drawn, Value::Null).await?;
        let space = "http://www.w3.org/1998/Math/MathML";
        assert_eq!(
            drawn,
            [
                (space.to_owned(), None, "a2".to_owned(), 1, true),
                (space.to_owned(), Some("block".to_owned()), "π2=x".to_owned(), 1, true),
            ]
        );
        let source = "return [...document.querySelectorAll('.math code')].map((it) => it.textContent);";
        let source: Vec<String> = browser.read(source, Value::Null).await?;
        assert_eq!(source[0], "a^2");
        let wrong = page.panel(0).attributes(".math[title]", "title").await?;
        assert!(wrong[0].contains("nonsense"), "{wrong:?}");
        let made = "return document.querySelectorAll('.reply img, .reply script').length;";
        assert_eq!(browser.read::<u64>(made, Value::Null).await?, 0);
        let selected = "
            const selection = getSelection();
            selection.selectAllChildren(document.querySelector('.reply p'));
            return selection.toString();";
        let selected: String = browser.read(selected, Value::Null).await?;
        assert!(selected.contains("a^2"), "{selected}");
        assert_eq!(asked_for(browser, "math.wasm").await?, 1);
        assert_eq!(asked_for(browser, "highlight.wasm").await?, 0);
        browser.screenshot("formulas").await?;
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn only_what_is_on_the_screen_has_ranges() {
    let world = World::new().await;
    journey_with(world.options().dark(), async |browser| {
        let lines: String = (0..3_000).map(|n| format!("let a{n} = \"{n}\"; // {n}\n")).collect();
        let answer = format!("```rust\n{lines}```\n");
        let page = ask(&world, browser, chat_answer([answer.as_str()])).await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;
        if !browser.read::<bool>("return 'Highlight' in window;", Value::Null).await? {
            return Ok(());
        }
        wait_for_colours(browser, &["comment // 2999"]).await?;
        let count = "return [...CSS.highlights.values()].reduce((sum, ranges) => sum + ranges.size, 0);";
        let count: u64 = browser.read(count, Value::Null).await?;
        assert!((3..=2_000).contains(&count), "{count} ranges of 12,000");
        browser.screenshot("long-code-dark").await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn while_many_answers_grow_code_is_coloured_where_the_reader_is() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        // Browsers may keep to six connections.
        const ALL: usize = 6;
        let code = chat::text("```rust\nfn main() {\n    let a = 1;\n}\n```\n\n");
        let growing = (0..900).fold(Script::sse().send(code), |script, _| {
            script.send(chat::text(".")).wait(Duration::from_millis(100))
        });
        world.host(OPENAI, growing);
        let page = world.open_with(browser, &[OPENAI; ALL]).await?;
        page.ask(PROMPT).await?;
        for at in 0..ALL {
            page.panel(at).wait_for("figure code").await?;
        }
        if !browser.read::<bool>("return 'Highlight' in window;", Value::Null).await? {
            return Ok(());
        }
        // The last one, for the others would be coloured before it.
        let focus = "panels()[args].querySelector('[name=stop]').focus(); return true;";
        page.read::<bool>(focus, json!(ALL - 1)).await?;
        wait_for_colours(browser, &["keyword fn"]).await?;
        let coloured = "
            const ranges = [...CSS.highlights.values()].flatMap((ranges) => [...ranges]);
            const panel = (range) => panels().findIndex((it) => it.contains(range.startContainer));
            return [...new Set(ranges.map(panel))].toSorted();";
        assert_eq!(page.read::<Vec<usize>>(coloured, Value::Null).await?, [ALL - 1]);

        page.stop_all().await?;
        let all_are = "new Set([...CSS.highlights.values()].flatMap((ranges) => [...ranges])
            .map((range) => range.startContainer.parentElement.closest('section'))).size";
        let shown = "panels().filter((it) => {
            const place = it.querySelector('figure code').getBoundingClientRect();
            return place.left < innerWidth && place.right > 0;
        }).length";
        page.wait_until("colours everywhere", &format!("{all_are} === {shown}"), Value::Null).await
    })
    .await;
}
