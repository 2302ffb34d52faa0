//! Somebody comes for the first time, without any key.

use tutti_e2e::{ComparePage, Engine, Phase, Result, journey_with};
use tutti_test_server::SUB_PATH;

use crate::stand_ins::{PROMPT, SITE, World};

#[tokio::test]
async fn one_click_shows_three_simulated_answers_without_a_key() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let page = world.open(browser).await?;
        assert_eq!(page.panel_count().await?, 3);
        browser.screenshot("opened").await?;

        page.press("button[name=example]").await?;
        page.wait_for_all(Phase::Finished).await?;
        see_simulated_answers(&page).await?;
        for panel in page.panels().await? {
            for number in ["first-token", "total"] {
                assert_ne!(panel.numbers.get(number).map(String::as_str), Some("-"), "{panel:?}");
            }
        }
        browser.screenshot("finished").await?;
        see_only_files_of_the_page(&world, SITE);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_page_works_from_a_sub_path() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        let address = format!("{}{}", SITE.trim_end_matches('/'), SUB_PATH);
        let page = ComparePage::open(browser, &address).await?;
        page.ask(PROMPT).await?;
        page.wait_until_all_have_text().await?;
        see_simulated_answers(&page).await?;
        see_only_files_of_the_page(&world, &address);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_page_speaks_the_readers_language_from_the_first_word() {
    let world = World::new().await;
    journey_with(world.options().language("ko-KR"), async |browser| {
        let page = world.open(browser).await?;
        if browser.engine == Engine::WebKit {
            page.choose_language("ko").await?;
        }
        assert_eq!(page.language().await?, "ko");
        assert_eq!(page.panel(0).view().await?.phase_words, "준비됨");
        // Slow enough to be still talking when it is stopped.
        page.panel(2).choose_model("sim-steady-ko-tps4").await?;
        page.ask("왜 하늘은 파란가요?").await?;
        page.wait_until_all_have_text().await?;
        browser.screenshot("korean").await?;
        page.choose_language("ja").await?;
        page.stop_all().await?;
        page.panel(2).wait_for_phase(Phase::Stopped).await?;
        assert_eq!(page.panel(2).view().await?.phase_words, "停止しました");
        let page = page.reload().await?;
        assert_eq!(page.language().await?, "ja");
        Ok(())
    })
    .await;
}

async fn see_simulated_answers(page: &ComparePage<'_>) -> Result {
    for panel in page.panels().await? {
        assert!(panel.model.starts_with("sim-"), "{panel:?}");
        assert_ne!(panel.text.trim(), "");
        assert_eq!(panel.error, None);
    }
    Ok(())
}

/// Whatever was asked for lies below this address, and was there; nobody else was asked but those
/// whom browsers ask by themselves.
fn see_only_files_of_the_page(world: &World, address: &str) {
    let asked = world.net.all_requests();
    let asked: Vec<_> = asked.into_iter().filter(|request| request.url.starts_with(SITE)).collect();
    assert!(!asked.is_empty());
    for request in asked {
        // Browsers ask for the icon at the root when they feel like it.
        let icon = request.url.ends_with("/favicon.ico");
        assert!(icon || request.url.starts_with(address), "{} {}", request.method, request.url);
        assert_eq!(request.method, "GET");
    }
    for visit in world.net.visits() {
        assert!(visit.status < 400 || visit.path.ends_with("/favicon.ico"), "{visit:?}");
    }
    assert_eq!(world.net.strangers(), []);
}
