//! Reading: what an answer looks like, and what can be taken from it.

use serde::Deserialize;
use serde_json::{Value, json};
use tutti::grid::workspace::Workspace;
use tutti_e2e::{Phase, Result, check_accessibility, drawn, journey_with};

use crate::stand_ins::{OPENAI, PROMPT, SITE, World, chat_answer, open_again, paste_keys};

const ANSWER: &str = "\
## Tuning

An *oboe* gives the **A**; see [the article](https://read.example/a) or [here](#a).

1. strings
2. winds
   - flutes

- [x] tuned

| Note | Frequency | Ratio | Instrument | Temperament | Remark |
|:--|--:|:-:|---|---|---|
| A | 440 Hz | 1 | oboe | equal | `reference` |

```rust
let a = 440; // \u{202e}hidden
```

> A quote.

![A fork](https://pictures.example/fork.png)

한국어 **문장**입니다.

日本語の*文章*です。
";

const CODE: &str = "let a = 440; // \u{202e}hidden\n";

#[tokio::test]
async fn an_answer_is_drawn_while_it_comes_and_given_back_to_the_letter() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let pieces: Vec<String> = ANSWER.chars().map(String::from).collect();
        let answer = chat_answer(pieces.iter().map(String::as_str));
        let half = answer.chunks.len() / 2;
        let host = world.host(OPENAI, answer.gated(half));
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        let panel = page.panel(0);
        panel.wait_for(".reply li input").await?;
        browser.screenshot("half").await?;
        host.release_all();
        panel.wait_for_phase(Phase::Finished).await?;
        // Said a moment later, in the line that says below what was copied.
        page.wait_for_status("Ended: 1 of 1").await?;
        assert_eq!(panel.text().await?, drawn(ANSWER));
        for drawn in ["h4", "em", "strong", "ol ul", "td code", "figure pre", "blockquote", ".image button"] {
            assert!(panel.shows(&format!(".reply {drawn}")).await?, "no {drawn}");
        }
        browser.screenshot("whole").await?;
        check_accessibility(browser, "answer").await?;

        // As it was written: in the place of what is drawn, by key too, and in the clipboard.
        assert_eq!(panel.source().await?, ANSWER);
        browser.find("h1").await?.click().await?;
        browser.press_keys("1").await?;
        browser.press_keys("m").await?;
        panel.wait_for(".source").await?;
        assert!(!panel.shows(".reply").await?);
        browser.press_keys("m").await?;
        panel.wait_for(".reply").await?;
        panel.press("button[name=copy]").await?;
        panel.wait_for("button[name=copy][data-icon=check]").await?;
        assert_eq!(page.pasted_clipboard().await?, ANSWER);
        panel.press("button[name=copy-code]").await?;
        panel.wait_for("button[name=copy-code][data-icon=check]").await?;
        assert_eq!(page.pasted_clipboard().await?, CODE);
        panel.press("button[name=wrap]").await?;
        panel.wait_for("figure.wraps").await?;

        // With its form, for whoever takes that; as Markdown for whoever takes text only.
        let hear = "document.addEventListener('paste', (event) => {
            window.pasted = event.clipboardData.getData('text/html');
        }, { once: true });
        return true;";
        page.read::<bool>(hear, Value::Null).await?;
        panel.choose_from_menu("copy-rich").await?;
        page.wait_for_status("Copied").await?;
        assert_eq!(page.pasted_clipboard().await?, ANSWER);
        let html: String = page.read("return window.pasted;", Value::Null).await?;
        for part in [">Tuning</h4>", "<strong>A</strong>", "https://read.example/a", "<blockquote", "<td"] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("copy-code") && !html.contains("open-image"), "{html}");
        // Nothing was asked of anybody for what is drawn.
        world.see_no_key_astray(browser).await
    })
    .await;
}

#[tokio::test]
async fn answers_are_read_in_the_dark_too() {
    let world = World::new().await;
    journey_with(world.options().dark(), async |browser| {
        world.host(OPENAI, chat_answer([ANSWER]));
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        browser.screenshot("dark").await?;
        check_accessibility(browser, "dark").await
    })
    .await;
}

#[tokio::test]
async fn a_wide_table_scrolls_by_itself_on_a_telephone() {
    let world = World::new().await;
    journey_with(world.options().telephone(), async |browser| {
        world.host(OPENAI, chat_answer([ANSWER]));
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        let script = "
            const over = (element) => element.scrollWidth - element.clientWidth;
            const panel = panels()[0];
            panel.querySelector('.table').focus();
            return {
                page: over(document.documentElement),
                body: over(panel.querySelector('.body')),
                table: over(panel.querySelector('.table')),
                focused: document.activeElement.className,
            };";
        let seen: Value = page.read(script, Value::Null).await?;
        assert_eq!((&seen["page"], &seen["body"]), (&json!(0), &json!(0)), "{seen}");
        assert!(seen["table"].as_f64().is_some_and(|over| over > 0.0), "{seen}");
        assert_eq!(seen["focused"], "table");
        browser.screenshot("telephone").await?;
        check_accessibility(browser, "telephone").await
    })
    .await;
}

#[derive(Deserialize)]
struct Case {
    input: String,
}

/// The cases of a folder of fixtures, where there is one.
fn hostile_cases() -> Result<Vec<Case>> {
    let Some(folder) = std::env::var_os("TUTTI_FIXTURES") else {
        println!("without TUTTI_FIXTURES there are only the answers of this file");
        return Ok(Vec::new());
    };
    let file = std::path::Path::new(&folder).join("corpora/llm-output/cases.json");
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

#[tokio::test]
async fn what_models_may_write_runs_nothing_and_asks_for_nothing() {
    let own = [
        "<img src=https://evil.example/a onerror=alert(1)> <script>alert(1)</script>",
        "![x](https://evil.example/b) [x](javascript:alert(1)) <svg/onload=alert(1)>",
        "<https://evil.example/c> ![x][r]\n\n[r]: https://evil.example/d",
    ];
    let own = own.into_iter().map(|input| Case { input: input.to_owned() });
    let cases: Vec<Case> = own.chain(hostile_cases().expect("readable cases")).collect();
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let answer = |case: &Case| chat_answer(case.input.split_inclusive(' '));
        let host = world.host(OPENAI, answer(&cases[0]));
        cases.iter().skip(1).fold(host, |host, case| host.then(answer(case)));
        let saved = Workspace {
            panels: vec![OPENAI.panel(); cases.len()],
            confirm_above: 1000,
            ..Workspace::default()
        };
        let page = open_again(browser, SITE, &saved).await?;
        paste_keys(&page, &[OPENAI]).await?;
        let watch = "
            window.ran = [];
            for (const name of ['alert', 'confirm', 'prompt', 'open', 'eval']) window[name] = () => { window.ran.push(name); };
            document.addEventListener('securitypolicyviolation', (event) => window.ran.push(event.violatedDirective));
            return true;";
        page.read::<bool>(watch, Value::Null).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        // Who asks first is answered first, so nobody knows which case stands where.
        let mut texts: Vec<_> = page.panels().await?.into_iter().map(|panel| panel.text).collect();
        let mut expected: Vec<_> =
            cases.iter().map(|case| drawn(&case.input.replace('\0', "\u{fffd}"))).collect();
        texts.sort();
        expected.sort();
        for (text, expected) in texts.iter().zip(&expected) {
            assert_eq!(text, expected);
        }
        let seen = "
            const all = [...document.querySelectorAll('.reply *')];
            return {
                ran: window.ran,
                elements: [...new Set(all.map((element) => element.localName))]
                    .filter((name) => /^(script|style|img|image|svg|math|iframe|object|embed|link|meta|base|form|video|audio|source|template|slot)$/.test(name)),
                attributes: [...new Set(all.flatMap((element) => element.getAttributeNames()))]
                    .filter((name) => /^(on|src|srcset|style|id$|action|formaction|background|ping|data$)/.test(name)),
                links: all.filter((element) => element.href && !/^(https?|mailto):/.test(element.href)).length,
                count: all.length,
            };";
        let seen: Value = page.read(seen, Value::Null).await?;
        assert!(seen["count"].as_u64().is_some_and(|count| count > 10), "{seen}");
        assert_eq!((&seen["ran"], &seen["elements"], &seen["attributes"]), (&json!([]), &json!([]), &json!([])));
        assert_eq!(seen["links"], 0);
        world.see_no_key_astray(browser).await
    })
    .await;
}
