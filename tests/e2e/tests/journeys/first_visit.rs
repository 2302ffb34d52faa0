//! Somebody comes for the first time, without any key.

use tutti_e2e::{Browser, ComparePage, Phase, Result, journey};
use tutti_test_server::{SUB_PATH, TestServer};

use crate::stand_ins::{PROMPT, page_server};

#[tokio::test]
async fn first_visit_shows_three_simulated_answers_without_a_key() {
    journey(async |browser| {
        let server = page_server().await?;
        let address = format!("{}/", server.base_url());
        see_three_simulated_answers(browser, &server, &address).await?;
        browser.screenshot("finished").await
    })
    .await;
}

#[tokio::test]
async fn the_page_works_from_a_sub_path() {
    journey(async |browser| {
        let server = page_server().await?;
        let address = format!("{}{SUB_PATH}", server.base_url());
        see_three_simulated_answers(browser, &server, &address).await?;
        for visit in server.visits() {
            // Browsers ask for the icon at the root when they feel like it.
            let icon = visit.path == "/favicon.ico";
            assert!(icon || visit.path.starts_with(SUB_PATH), "{visit:?}");
        }
        Ok(())
    })
    .await;
}

async fn see_three_simulated_answers(browser: &Browser, server: &TestServer, address: &str) -> Result {
    let page = ComparePage::open(browser, address).await?;
    assert_eq!(page.panel_count().await?, 3);
    page.ask(PROMPT).await?;
    page.wait_for_all(Phase::Finished).await?;
    for panel in page.panels().await? {
        assert!(panel.model.starts_with("sim-"), "{panel:?}");
        assert_ne!(panel.text.trim(), "");
        assert_eq!(panel.error, None);
    }

    // Nothing but files of the page was asked for, and from nobody but its own server.
    for visit in server.visits() {
        let icon = visit.path == "/favicon.ico";
        assert!(visit.method == "GET" && (visit.status < 400 || icon), "{visit:?}");
    }
    for asked in browser.requested().await? {
        assert!(asked.starts_with(&server.base_url()), "{asked}");
    }
    Ok(())
}
