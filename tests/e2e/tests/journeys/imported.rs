//! What comes with a file from somebody else: it asks nothing that nobody wants, and takes nothing along that is not
//! whole.

use serde_json::{Value, json};
use thirtyfour::Key;
use tutti::export::json;
use tutti::grid::comparison::{Comparison, Id, reply::End, round::Prompt};
use tutti::grid::record::Whole;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::{answer::Answer, catalog};
use tutti_e2e::{ComparePage, Result, journey};
use tutti_test_server::{Mount, TestServer};

use crate::carried_away::ADD;
use crate::stand_ins::{MODEL, chat_answer, open_again, page_server};

/// A comparison whose one column asks at that address, with its end of line.
fn from_elsewhere(id: u128, title: &str, address: &Mount) -> String {
    let row = catalog::find("llamacpp").expect("a row of the catalogue");
    let base_url = address.url().to_owned();
    let mut comparison = Comparison::new(Id(id), 5);
    let column = comparison.add_column(PanelSettings { base_url, ..PanelSettings::new(row, MODEL) });
    comparison.ask(None, Prompt::text(title), &[column]).expect("a round");
    json::write(&Whole { comparison, ..Whole::default() }).expect("all of it is here")
}

/// Chooses that file in the history, and waits for what it would add.
async fn choose(page: &ComparePage<'_>, file: &str) -> Result {
    page.press("#open-history").await?;
    let is_there = "document.querySelector('#history:modal [name=import]') !== null";
    page.wait_until("the history", is_there, Value::Null).await?;
    page.read_later::<bool>(ADD, json!(file)).await?;
    page.wait_until("what it would add", "document.querySelector('#history .preview') !== null", Value::Null)
        .await
}

async fn add(page: &ComparePage<'_>, rows: usize) -> Result {
    page.press("#history [name=add-imported]").await?;
    let condition = "document.querySelectorAll('#history [data-comparison]').length === args";
    page.wait_until("the rows", condition, json!(rows)).await
}

/// Sends a prompt, of which nothing goes out.
async fn is_refused(page: &ComparePage<'_>, stranger: &Mount, prompt: &str) -> Result {
    page.ask(prompt).await?;
    for index in 0..page.panel_count().await? {
        page.panel(index).wait_for("[name=allow]").await?;
    }
    page.set_prompt("").await?;
    assert_eq!(stranger.requests().len(), 0, "the stranger was asked: {prompt}");
    Ok(())
}

#[tokio::test]
async fn an_address_from_a_file_is_asked_nothing_wherever_it_goes() {
    journey(async |browser| {
        let servers = TestServer::start().await;
        let list = json!({"data": [{"id": MODEL}]}).to_string();
        let stranger = servers.mount("stranger", vec![chat_answer(["hello"])]).models(list);
        let site = page_server().await?;
        let page = open_again(browser, &format!("{}/", site.base_url()), &Workspace::default()).await?;
        choose(&page, &from_elsewhere(7, "from afar", &stranger)).await?;
        add(&page, 1).await?;
        page.press("#history [name=open]").await?;
        page.wait_for_panel_count(1).await?;
        is_refused(&page, &stranger, "shown").await?;

        page.press("#new-comparison").await?;
        is_refused(&page, &stranger, "in a new comparison").await?;
        page.panel(0).duplicate().await?;
        is_refused(&page, &stranger, "in a copy").await?;
        page.panel(1).retry().await?;
        page.panel(1).remove().await?;
        page.undo().await?;
        is_refused(&page, &stranger, "taken away and brought back").await?;
        let sets = page.open_sets().await?;
        sets.save_as("strange").await?;
        sets.load("strange").await?;
        is_refused(&page, &stranger, "in a set").await?;
        let page = page.reload().await?;
        is_refused(&page, &stranger, "after a reload").await?;

        // Its models are not asked for, neither to choose from nor to see whether it answers.
        page.panel(0).setup().await?.check().await?;
        page.panel(0).press("[name=model]").await?;
        browser.press_keys(Key::Escape + "").await?;
        page.panel(0).setup().await?.choose_provider("anthropic").await?;
        page.panel(0).setup().await?.choose_provider("llamacpp").await?;
        page.panel(0).setup().await?.check().await?;
        is_refused(&page, &stranger, "after another provider").await?;

        page.panel(0).press("[name=allow]").await?;
        page.wait_until("the focus", "document.activeElement?.matches('.body')", Value::Null).await?;
        page.panel(0).wait_until("an answer", "view(panels()[args]).text === 'hello'").await?;
        let is_question = |body: &String| body.contains("after another provider");
        let bodies: Vec<String> = stranger.requests().iter().map(|it| it.body_text()).collect();
        assert_eq!(bodies.iter().filter(|body| is_question(body)).count(), 1, "{bodies:?}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_bad_in_an_archive_is_told_and_the_rest_is_added() {
    journey(async |browser| {
        let servers = TestServer::start().await;
        let stranger = servers.mount("stranger", vec![chat_answer(["hello"])]);
        let site = page_server().await?;
        let page = open_again(browser, &format!("{}/", site.base_url()), &Workspace::default()).await?;
        let good = |id: u128, title: &str| from_elsewhere(id, title, &stranger);
        let damaged = good(9, "the broken one").replacen("\"rounds\":[", "\"rounds\":[7,", 1);
        let file = [good(7, "one"), damaged, "{\"format\":\"no end\n".to_owned(), good(8, "other")].concat();
        choose(&page, &file).await?;
        let lines = "[...document.querySelectorAll('#history .preview li')].map((it) => [it.className, it.textContent])";
        let lines: Vec<(String, String)> = page.read(&format!("return {lines};"), Value::Null).await?;
        let is = |at: usize, class: &str, words: &[&str]| {
            let (of, text) = &lines[at];
            assert!(of == class && words.iter().all(|word| text.contains(word)), "{lines:?}");
        };
        is(0, "wrong", &["the broken one", "damaged", "rounds/0"]);
        is(1, "wrong", &["number 3", "ends in the middle"]);
        is(2, "", &["one", "prompts: 1"]);
        is(3, "", &["other"]);
        browser.screenshot("partly").await?;
        add(&page, 2).await?;
        let titles: Vec<String> = page
            .read("return [...document.querySelectorAll('#history .title')].map((it) => it.textContent).sort();", Value::Null)
            .await?;
        assert_eq!(titles, ["one", "other"]);
        Ok(())
    })
    .await;
}

/// A conversation of so many turns.
fn long_one(turns: u32) -> String {
    let row = catalog::find("llamacpp").expect("a row of the catalogue");
    let mut whole = Whole { comparison: Comparison::new(Id(5), 5), ..Whole::default() };
    let column = whole.comparison.add_column(PanelSettings::new(row, MODEL));
    for at in 0..turns {
        let prompt = Prompt::text(format!("prompt {at}"));
        let round = whole.comparison.ask(whole.comparison.tip(), prompt, &[column]).expect("a round");
        let past = whole.comparison.past(column, round);
        let reply = whole.comparison.begin(round, column, past, None).expect("a reply");
        let text = format!("answer {at}\n\n{}", "Words that fill a line or two. ".repeat(20));
        let answer = Answer { text, ..Answer::default() };
        whole.comparison.reply_mut(reply).expect("the reply").over(End::Finished, &answer);
        whole.answers.insert(reply, answer);
    }
    json::write(&whole).expect("all of it is here")
}

/// Notes how many turns come into the page at once, and how far from its end the panel is seen then.
const NOTE: &str = "
    window.grown = [];
    const note = (records) => {
        const added = records.flatMap((it) => [...it.addedNodes])
            .filter((it) => it.matches?.('.turn') || it.querySelector?.('.turn'));
        if (added.length > 0) grown.push(document.querySelectorAll('.turn').length);
    };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true });";

#[tokio::test]
async fn a_long_conversation_is_shown_from_its_end() {
    journey(async |browser| {
        let site = page_server().await?;
        let page = open_again(browser, &format!("{}/", site.base_url()), &Workspace::default()).await?;
        choose(&page, &long_one(60)).await?;
        add(&page, 1).await?;
        page.read::<Value>(NOTE, Value::Null).await?;
        page.press("#history [name=open]").await?;
        page.wait_until("all turns", "document.querySelectorAll('.turn').length === 59", Value::Null).await?;
        let grown: Vec<u32> = page.read("return grown;", Value::Null).await?;
        assert!(grown[0] <= 3, "the first were {} turns: {grown:?}", grown[0]);
        assert!(grown.windows(2).all(|pair| pair[1] - pair[0] <= 8), "{grown:?}");
        let order = "return [...document.querySelectorAll('.turn .said > p')]
            .every((it, at) => it.textContent === `prompt ${at}`);";
        assert!(page.read::<bool>(order, Value::Null).await?);
        let is_at_end =
            "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight <= 1)
            (panels()[0].querySelector('.body'))";
        page.wait_until("its end", is_at_end, Value::Null).await?;
        browser.screenshot("long").await
    })
    .await;
}
