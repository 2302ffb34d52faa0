//! What comes with a file from somebody else: it asks nothing that nobody wants, and takes nothing along that is not
//! whole.

use serde_json::{Value, json};
use tutti::export::json;
use tutti::grid::comparison::{Comparison, Id, round::Prompt};
use tutti::grid::record::Whole;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
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
        page.panel(0).setup().await?.choose_provider("anthropic").await?;
        page.panel(0).setup().await?.choose_provider("llamacpp").await?;
        page.panel(0).setup().await?.check().await?;
        is_refused(&page, &stranger, "after another provider").await?;

        page.panel(0).press("[name=allow]").await?;
        page.panel(0).wait_until("an answer", "view(panels()[args]).text === 'hello'").await?;
        let is_question = |body: &String| body.contains("after another provider");
        let bodies: Vec<String> = stranger.requests().iter().map(|it| it.body_text()).collect();
        assert_eq!(bodies.iter().filter(|body| is_question(body)).count(), 1, "{bodies:?}");
        Ok(())
    })
    .await;
}
