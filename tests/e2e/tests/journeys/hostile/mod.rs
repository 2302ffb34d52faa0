//! Answers of models that mean ill: no script runs, nobody is asked for anything, nothing but words and
//! the page's own elements is drawn, and the page lives on.

mod cases;
mod shapes;

use std::time::Duration;

use serde_json::{Value, json};
use tutti::grid::workspace::Workspace;
use tutti_e2e::{ComparePage, Phase, Result, drawn, journey_with, noted, watch};
use tutti_test_server::Pace;

use crate::stand_ins::{OPENAI, PROMPT, SITE, World, chat_answer, open_again, paste_keys};

/// So many answers come at once.
const PANELS: usize = 48;

/// Presses the copy button of every panel, and tells what it would have copied.
const COPY_ALL: &str = "
    const copied = [];
    for (const panel of panels()) {
        copied.push(await new Promise((tell) => {
            navigator.clipboard.writeText = async (text) => tell(text);
            panel.querySelector('button[name=copy]').click();
        }));
    }
    delete navigator.clipboard.writeText;
    return copied;";

/// Looks at the source of every panel, and goes back.
const SOURCE_ALL: &str = "
    const change = (panel) => new Promise((tell) => {
        let isPressed = false;
        const watch = new MutationObserver((records) => {
            const entry = panel.querySelector('.menu button[name=source]');
            if (entry && !isPressed) {
                isPressed = true;
                entry.click();
            } else if (records.some((record) => record.target.closest?.('.source') && record.type === 'childList')) {
                watch.disconnect();
                tell();
            }
        });
        watch.observe(panel, { childList: true, subtree: true });
        panel.querySelector('button[name=more]').click();
    });
    const sources = [];
    for (const panel of panels()) {
        await change(panel);
        sources.push(panel.querySelector('.source').textContent);
        await change(panel);
    }
    return sources;";

/// What a person might press inside of answers that leads nowhere.
const PRESS_ALL: &str = "
    document.querySelectorAll('.reply :is(a:not([href]), button[name=note], button[name=wrap], input, .html)')
        .forEach((it) => it.click());
    return true;";

#[tokio::test]
async fn no_answer_runs_asks_or_draws_what_it_must_not() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.host(OPENAI, chat_answer(["Tutti."]));
        let saved = Workspace {
            panels: vec![OPENAI.panel(); PANELS],
            confirm_above: PANELS as u32,
            connections: Some(256),
            ..Workspace::default()
        };
        let page = open_again(browser, SITE, &saved).await?;
        paste_keys(&page, &[OPENAI]).await?;
        watch(browser).await?;
        let before = world.net.visits().len();

        let all = cases::all();
        println!("{} cases", all.len());
        let mut asked = 0;
        for batch in all.chunks(PANELS) {
            // Every panel asks; those that are too many get an ordinary answer.
            let mut said: Vec<&str> = batch.iter().map(String::as_str).collect();
            said.resize(PANELS, "Tutti: *all* together.");
            let answers: Vec<_> = said
                .iter()
                .enumerate()
                .map(|(index, case)| {
                    let pieces = cases::pieces(case, asked + index);
                    chat_answer(pieces.iter().map(String::as_str)).pace(Pace::Every(Duration::from_millis(5)))
                })
                .collect();
            let host = world.host(OPENAI, answers);
            begin_anew(&page).await?;
            page.ask(PROMPT).await?;
            host.wait_complete(PANELS).await;
            page.wait_for_all(Phase::Finished).await?;
            asked += PANELS;
            assert_eq!(host.requests().len(), PANELS);
            see_all(&page, said.iter().map(|case| shown(case)).collect()).await?;
            page.read::<bool>(PRESS_ALL, Value::Null).await?;
            if asked == PANELS {
                browser.screenshot("hostile").await?;
                let sources: Vec<String> = page.read_later(SOURCE_ALL, Value::Null).await?;
                let mut expected: Vec<String> = said.iter().map(|case| shown(case)).collect();
                expected.retain(|case| !sources.contains(case));
                assert_eq!(expected, [""; 0], "not among the sources");
            }
            assert_eq!(noted(browser).await?, [""; 0]);
        }

        assert_eq!(world.net.strangers(), [], "somebody was asked");
        // What the page loads when it is needed is its own, and is there.
        let visits = world.net.visits();
        let (before, since) = visits.split_at(before);
        for visit in since {
            // To be kept, it may ask once more for what it has begun with.
            let is_plain = !visit.path.contains('?') || before.iter().any(|it| it.path == visit.path);
            assert!(visit.status == 200 && is_plain, "{visit:?}");
        }
        let console = browser.console().await;
        assert!(
            !console.contains("Content Security Policy") && !console.contains("Content-Security-Policy"),
            "{console}"
        );
        world.see_no_key_astray(browser).await
    })
    .await;
}

/// A conversation without all the answers before, which would be sent and laid out again with each that comes.
async fn begin_anew(page: &ComparePage<'_>) -> Result {
    page.press("#new-comparison").await?;
    let is_empty =
        "panels().every((panel) => view(panel).text === '' && !panel.querySelector('.past .turn'))";
    page.wait_until("a new conversation", is_empty, Value::Null).await
}

/// No answer holds the character that ends texts in other programs.
fn shown(case: &str) -> String {
    case.replace('\0', "\u{fffd}")
}

/// That each of these answers is in a panel: copied to the letter, and drawn with all its words.
async fn see_all(page: &ComparePage<'_>, mut expected: Vec<String>) -> Result {
    let copied: Vec<String> = page.read_later(COPY_ALL, Value::Null).await?;
    let panels = page.panels().await?;
    for (panel, copied) in panels.iter().zip(&copied) {
        let index = expected.iter().position(|case| case == copied);
        let index = index.ok_or_else(|| format!("no model said {copied:?}"))?;
        let case = expected.swap_remove(index);
        assert_eq!(panel.text, drawn(&case), "of {case:?}");
    }
    Ok(())
}

/// That the watch sees what it is there for.
#[tokio::test]
async fn what_an_answer_must_not_become_is_noticed() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.open(browser).await?;
        watch(browser).await?;
        let put = "
            const reply = document.querySelector('.reply');
            const put = (name, attributes = {}, space = 'http://www.w3.org/1999/xhtml') => {
                const element = document.createElementNS(space, name);
                Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
                reply.append(element);
                element.remove();
            };
            put('img');
            put('p', { onclick: '' });
            put('p', { style: '' });
            put('p', { id: 'x' });
            put('p', { class: 'Chrome<' });
            put('a', { href: 'javascript:void 0', target: '_blank', rel: 'noopener noreferrer nofollow' });
            put('a', { href: 'https://evil.example/', rel: 'noopener' });
            put('a', {}, 'http://www.w3.org/2000/svg');
            put('mi', { href: 'https://evil.example/' }, 'http://www.w3.org/1998/Math/MathML');
            put('maction', {}, 'http://www.w3.org/1998/Math/MathML');
            put('input', { type: 'password' });
            put('button', { name: 'x' });
            reply.append(document.createComment('x'));
            const script = document.createElement('script');
            script.textContent = 'alert(1)';
            document.body.append(script);
            alert('called');
            window.left = 1;
            // The watch hears of nodes a moment later.
            await new Promise((turn) => setTimeout(turn));
            return true;";
        browser.read_later::<bool>(put, json!(null)).await?;
        let noted = noted(browser).await?.join("\n");
        for what in [
            "an element: <img",
            "an attribute: <p onclick",
            "an attribute: <p style",
            "an attribute: <p id",
            "a class: <p",
            "an address: <a href=\"javascript:",
            "a link that tells where it comes from: <a",
            "a namespace: <a",
            "an attribute: <mi",
            "an element: <maction",
            "an input: <input",
            "a button that sends: <button",
            "a node of type 8",
            "against the policy: script-src-elem",
            "against the policy: style-src-attr",
            "alert was called: called",
            "window.left is new",
        ] {
            assert!(noted.contains(what), "{what} is not in {noted}");
        }
        // What is not an answer is none of its business. WebKit takes an empty script for none.
        assert!(matches!(noted.lines().count(), 17 | 18), "{noted}");
        Ok(())
    })
    .await;
}
