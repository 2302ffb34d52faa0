//! What a browser does by itself with what is drawn: find in page, select, copy.

use serde_json::{Value, json};
use tutti_e2e::{Engine, Phase, journey_with};

use crate::stand_ins::{OPENAI, PROMPT, World, chat_answer};

const NEEDLE: &str = "Nadelstich";

/// `window.find` looks as the browser's own search does, but for Chromium, where it does not go there.
#[tokio::test]
async fn find_in_page_reaches_settled_text_that_is_not_laid_out() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let paragraph = |n: u32| format!("Paragraph {n} has a few words, and a few more of them.\n\n");
        let mut text: String = (0..60).map(paragraph).collect();
        text.push_str(&format!("Here is the **{NEEDLE}** of all.\n\n"));
        text.extend((60..400).map(paragraph));
        let host = world.host(OPENAI, chat_answer([text.as_str(), "and ", "more"]).gated(1));
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        let is_drawn = "view(panels()[args]).text.includes('Paragraph 399')";
        page.panel(0).wait_until("the long answer", is_drawn).await?;
        for _ in 0..3 {
            browser.wait_for_paint().await?;
        }
        // The answer still comes, and the reader is at its end.
        let is_laid_out = format!(
            "const it = [...document.querySelectorAll('.reply strong')].find((it) => it.textContent === '{NEEDLE}');
            return it.checkVisibility({{ contentVisibilityAuto: true }});"
        );
        assert!(!page.read::<bool>(&is_laid_out, Value::Null).await?, "it is laid out, so this shows nothing");
        let find = "
            getSelection().removeAllRanges();
            const found = window.find(args, true, false, true);
            const selection = getSelection();
            const range = selection.rangeCount > 0 ? selection.getRangeAt(0) : document.createRange();
            return [found, range.toString(), selection.anchorNode?.parentElement?.localName ?? ''];";
        let found: (bool, String, String) = page.read(find, json!(NEEDLE)).await?;
        assert_eq!(found, (true, NEEDLE.to_owned(), "strong".to_owned()));
        if browser.engine == Engine::Chromium {
            let go = "getSelection().anchorNode.parentElement.scrollIntoView({ block: 'center' }); return true;";
            page.read::<bool>(go, Value::Null).await?;
        }
        let is_seen = format!(
            "(() => {{
                const it = [...document.querySelectorAll('.reply strong')].find((it) => it.textContent === '{NEEDLE}');
                const place = it.getBoundingClientRect(), body = it.closest('.body').getBoundingClientRect();
                return place.top >= body.top && place.bottom <= body.bottom && place.height > 0;
            }})()"
        );
        page.wait_until("what was found is shown", &is_seen, Value::Null).await?;
        browser.screenshot("found").await?;
        // What is not there is not found.
        let found: (bool, String, String) = page.read(find, json!("Nadelohr")).await?;
        assert!(!found.0);
        // Nobody is taken away from there by what still comes.
        host.release_all();
        page.wait_for_all(Phase::Finished).await?;
        page.wait_until("what was found is still shown", &is_seen, Value::Null).await
    })
    .await;
}

const ANSWER: &str = "\
## Tuning

An *oboe* gives the **A**.

1. strings
2. winds

```rust
let a = 440;
let b = 466;
```

| Note | Hertz |
|---|---|
| A | 440 |

The end.
";

#[tokio::test]
async fn a_selection_across_blocks_is_copied_as_text_and_with_its_form() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.host(OPENAI, chat_answer([ANSWER]));
        let page = world.open_with(browser, &[OPENAI]).await?;
        page.ask(PROMPT).await?;
        page.wait_for_all(Phase::Finished).await?;
        browser.find("h1").await?.click().await?;
        // From within the heading to within the last paragraph.
        let select = "
            const reply = panels()[0].querySelector('.reply');
            const paragraphs = reply.querySelectorAll('p');
            const texts = (of) => document.createTreeWalker(of, NodeFilter.SHOW_TEXT).nextNode();
            const first = texts(reply.querySelector('h4')), last = texts(paragraphs[paragraphs.length - 1]);
            getSelection().setBaseAndExtent(first, 2, last, 'The'.length);
            document.addEventListener('copy', () => { window.copied = true; }, { once: true });
            document.addEventListener('paste', (event) => {
                window.pasted = event.clipboardData.getData('text/html');
            }, { once: true });
            return getSelection().toString();";
        let selected: String = page.read(select, Value::Null).await?;
        assert!(selected.starts_with("ning") && selected.ends_with("The"), "{selected:?}");
        browser.copy().await?;
        assert!(
            page.read::<bool>("return window.copied === true;", Value::Null).await?,
            "nothing was copied"
        );

        let text = page.pasted_clipboard().await?;
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for line in ["ning", "An oboe gives the A.", "let a = 440;", "let b = 466;", "The"] {
            assert!(lines.contains(&line), "{line:?} is no line of {text:?}");
        }
        let at = |what: &str| {
            lines
                .iter()
                .position(|line| line.contains(what))
                .unwrap_or_else(|| panic!("{what} is not in {text:?}"))
        };
        let order = ["ning", "oboe", "strings", "winds", "let a", "let b", "Note", "A\t440", "The"].map(at);
        assert!(order.is_sorted(), "{text:?}");
        // Neither the language of the code nor any button.
        assert!(!text.contains("rust") && !text.contains("Copy"), "{text:?}");

        let html: String = page.read("return window.pasted;", Value::Null).await?;
        for part in ["ning</h4>", ">oboe</em>", ">A</strong>", "<ol", "<li", "<pre", "<code", "<td", "<th"] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        for part in ["<button", "copy-code", "The end"] {
            assert!(!html.contains(part), "{part} is in {html}");
        }
        if browser.engine == Engine::Chromium {
            // The page's own style travels along in this engine; nothing that asks for anything does.
            assert!(!html.contains("src=") && !html.contains("url("), "{html}");
        }
        world.see_no_key_astray(browser).await
    })
    .await;
}
