//! What a person does with the page, from the first visit on.

use std::time::Duration;

use tutti_e2e::{Browser, ComparePage, Phase, Result, built_page, journey};
use tutti_test_server::{Cassette, Cors, End, Mount, Pace, Replay, Request, SUB_PATH, TestServer};

const PROMPT: &str = "Why does an orchestra play tutti?";

/// The page's own server. Providers' mounts are on another one, so that calls cross origins.
async fn page_server() -> Result<TestServer> {
    let server = TestServer::start().await;
    server.serve_dist(built_page()?);
    Ok(server)
}

#[tokio::test]
async fn first_visit_shows_three_simulated_answers_without_a_key() {
    journey("first_visit_shows_three_simulated_answers_without_a_key", async |browser| {
        let server = page_server().await?;
        let address = format!("{}/", server.base_url());
        see_three_simulated_answers(browser, &server, &address).await?;
        browser.screenshot("finished").await
    })
    .await;
}

#[tokio::test]
async fn the_page_works_from_a_sub_path() {
    journey("the_page_works_from_a_sub_path", async |browser| {
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
    page.set_prompt(PROMPT).await?;
    page.send().await?;
    page.wait_for_all(Phase::Finished).await?;
    for panel in page.panels().await? {
        assert_eq!(panel.provider, "simulated");
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

/// One panel's provider: its mount, its key, and what the page must show of its answer.
struct Provider {
    id: &'static str,
    dialect: Option<&'static str>,
    version: &'static str,
    key: &'static str,
    /// Where the call goes, below the base URL; `MODEL` stands for the model.
    path: &'static str,
    /// The header that carries the key, and what stands before it.
    auth: (&'static str, &'static str),
    host: &'static str,
    cassette: &'static str,
}

const OPENAI: Provider = Provider {
    id: "openai",
    dialect: Some("openai_chat"),
    version: "v1",
    key: "sk-test-openai-7b1f02c9e4",
    path: "/chat/completions",
    auth: ("authorization", "Bearer "),
    host: "api.openai.com",
    cassette: "openai_chat/text-ko-ja-emoji",
};

const ANTHROPIC: Provider = Provider {
    id: "anthropic",
    dialect: None,
    version: "v1",
    key: "sk-ant-test-58d0c3aa91",
    path: "/messages",
    auth: ("x-api-key", ""),
    host: "api.anthropic.com",
    cassette: "anthropic_messages/text-ko-ja-emoji",
};

const GOOGLE: Provider = Provider {
    id: "google",
    dialect: None,
    version: "v1beta",
    key: "AIza-test-e90b7766f3",
    path: "/models/MODEL:streamGenerateContent?alt=sse",
    auth: ("x-goog-api-key", ""),
    host: "generativelanguage.googleapis.com",
    cassette: "gemini/text-ko-ja-emoji",
};

const MODEL: &str = "test-model-1";

impl Provider {
    fn recorded_answer(&self) -> Result<Cassette> {
        Ok(Cassette::load(Cassette::own_folder(), self.cassette)?)
    }

    /// Answers under `/m/<id>/` as this provider's host would.
    fn mount(&self, server: &TestServer, replay: Replay) -> Mount {
        server.mount(self.id, replay).cors(Cors::of_host(self.host))
    }

    /// Fills in a panel for this provider at its mount.
    async fn set_up(&self, page: &ComparePage<'_>, index: usize, mount: &Mount) -> Result {
        let panel = page.panel(index);
        panel.choose_provider(self.id).await?;
        if let Some(dialect) = self.dialect {
            panel.choose_dialect(dialect).await?;
        }
        panel.choose_model(MODEL).await?;
        let base_url = format!("{}/{}", mount.url(), self.version);
        panel.set_base_url(&base_url).await?;
        panel.set_key(self.key).await
    }

    /// That the mount was asked once, in this provider's way, with this panel's key alone.
    fn check_request(&self, mount: &Mount, others: &[&Provider]) {
        let requests = mount.requests();
        let [request] = requests.as_slice() else {
            panic!("{} was asked {} times", self.id, requests.len());
        };
        let path = format!("/{}{}", self.version, self.path.replace("MODEL", MODEL));
        assert_eq!((request.method.as_str(), &request.path), ("POST", &path));
        let (header, prefix) = self.auth;
        let credential = format!("{prefix}{}", self.key);
        assert_eq!(request.header(header), Some(credential.as_str()));
        assert!(request.mentions(PROMPT), "{}", request.body_text());
        self.check_secrets(request, others);
        for preflight in mount.preflights() {
            assert!(!preflight.refused, "{preflight:?}");
        }
    }

    /// The key is in one header and nowhere else, and no other panel's key is anywhere.
    fn check_secrets(&self, request: &Request, others: &[&Provider]) {
        assert!(!request.path.contains(self.key), "{}", request.path);
        assert!(!request.body_text().contains(self.key));
        let carriers = request.headers.iter();
        assert_eq!(carriers.filter(|(_, value)| value.contains(self.key)).count(), 1);
        for other in others.iter().filter(|other| other.id != self.id) {
            assert!(!request.mentions(other.key), "{} was sent the key of {}", self.id, other.id);
        }
    }
}

/// No key stands in the document or in web storage.
async fn check_no_key_in_sight(page: &ComparePage<'_>) -> Result {
    let html = page.html().await?;
    let stored = page.web_storage().await?;
    for provider in [&OPENAI, &ANTHROPIC, &GOOGLE] {
        assert!(!html.contains(provider.key), "{} in the page", provider.id);
        assert!(!stored.contains(provider.key), "{} is stored", provider.id);
    }
    Ok(())
}

#[tokio::test]
async fn three_providers_of_three_dialects_stream_side_by_side_and_one_is_stopped() {
    journey("three_providers_of_three_dialects_stream_side_by_side_and_one_is_stopped", async |browser| {
        let providers = [&OPENAI, &ANTHROPIC, &GOOGLE];
        let site = page_server().await?;
        let hosts = TestServer::start().await;
        let cassettes = [OPENAI.recorded_answer()?, ANTHROPIC.recorded_answer()?, GOOGLE.recorded_answer()?];
        let mounts: Vec<Mount> = std::iter::zip(providers, &cassettes)
            .map(|(provider, cassette)| {
                let replay = Replay::of(cassette);
                let half = replay.chunks.len() / 2;
                provider.mount(&hosts, replay.gated(half))
            })
            .collect();

        let page = ComparePage::open(browser, &format!("{}/", site.base_url())).await?;
        for (index, provider) in providers.iter().enumerate() {
            provider.set_up(&page, index, &mounts[index]).await?;
        }
        page.set_prompt(PROMPT).await?;
        page.send().await?;
        page.wait_until_all_stream().await?;
        browser.screenshot("all-stream").await?;

        let before = page.panel(1).text().await?;
        page.panel(1).stop().await?;
        mounts[1].wait_aborted(1).await;
        page.panel(1).wait_for_phase(Phase::Stopped).await?;
        let kept = page.panel(1).text().await?;
        assert!(kept.starts_with(&before), "{before:?} became {kept:?}");
        assert!(cassettes[1].expected_text().starts_with(&kept), "{kept:?}");
        assert_eq!(page.panel(0).phase().await?, Phase::Streaming);
        assert_eq!(page.panel(2).phase().await?, Phase::Streaming);
        browser.screenshot("one-is-stopped").await?;

        for index in [0, 2] {
            mounts[index].release_all();
            page.panel(index).wait_for_phase(Phase::Finished).await?;
            assert_eq!(page.panel(index).text().await?, cassettes[index].expected_text());
            assert!(!mounts[index].requests()[0].aborted);
        }
        assert_eq!(page.panel(1).text().await?, kept);
        browser.screenshot("finished").await?;

        for (provider, mount) in std::iter::zip(providers, &mounts) {
            provider.check_request(mount, &providers);
        }
        check_no_key_in_sight(&page).await
    })
    .await;
}

#[tokio::test]
async fn one_failure_leaves_the_others_whole() {
    journey("one_failure_leaves_the_others_whole", async |browser| {
        let site = page_server().await?;
        let hosts = TestServer::start().await;
        // Some gateways repeat the key they were sent; the page must not.
        let words = "This key is not known to the orchestra";
        let refusal = format!(
            r#"{{"error":{{"message":"{words}: {}","type":"invalid_request_error","code":"invalid_api_key"}}}}"#,
            OPENAI.key
        );
        let cut = ANTHROPIC.recorded_answer()?;
        let cut_replay = Replay::of(&cut);
        let half = cut_replay.chunks.len() / 2;
        let cut_replay = cut_replay.cut_after(half, End::Reset).gated(half);
        let whole = GOOGLE.recorded_answer()?;
        let whole_replay = Replay::of(&whole).pace(Pace::Every(Duration::from_millis(5)));
        let mounts = [
            OPENAI.mount(&hosts, Replay::json(401, refusal)),
            ANTHROPIC.mount(&hosts, cut_replay),
            GOOGLE.mount(&hosts, whole_replay),
        ];

        let page = ComparePage::open(browser, &format!("{}/", site.base_url())).await?;
        for (index, provider) in [&OPENAI, &ANTHROPIC, &GOOGLE].into_iter().enumerate() {
            provider.set_up(&page, index, &mounts[index]).await?;
        }
        page.set_prompt(PROMPT).await?;
        page.send().await?;
        page.panel(1).wait_for_text().await?;
        mounts[1].release_all();

        page.panel(0).wait_for_phase(Phase::Failed).await?;
        page.panel(1).wait_for_phase(Phase::Truncated).await?;
        page.panel(2).wait_for_phase(Phase::Finished).await?;
        browser.screenshot("settled").await?;

        let panels = page.panels().await?;
        let error = panels[0].error.as_deref().unwrap_or_default();
        assert!(error.contains(words), "{error:?}");
        assert_eq!(panels[0].text, "");
        assert_ne!(panels[1].text, "");
        assert!(cut.expected_text().starts_with(&panels[1].text));
        assert_eq!(panels[2].text, whole.expected_text());
        assert_eq!(panels[2].error, None);
        assert_eq!(page.panels_that_say(words).await?, [0]);
        check_no_key_in_sight(&page).await
    })
    .await;
}

#[tokio::test]
async fn a_key_stays_with_the_address_it_was_entered_for() {
    journey("a_key_stays_with_the_address_it_was_entered_for", async |browser| {
        let site = page_server().await?;
        let (own_host, other_host) = (TestServer::start().await, TestServer::start().await);
        let cassette = OPENAI.recorded_answer()?;
        let own = OPENAI.mount(&own_host, Replay::of(&cassette));
        let stranger = OPENAI.mount(&other_host, Replay::of(&cassette));

        let page = ComparePage::open(browser, &format!("{}/", site.base_url())).await?;
        OPENAI.set_up(&page, 0, &own).await?;
        page.panel(0).set_base_url(&format!("{}/v1", stranger.url())).await?;
        // The panel says that the key is gone, before anything is sent.
        assert!(page.panel(0).view().await?.error.is_some());
        page.set_prompt(PROMPT).await?;
        page.send().await?;
        page.panel(0).wait_for_phase(Phase::Finished).await?;

        assert!(own.requests().is_empty());
        let requests = stranger.requests();
        assert_eq!(requests.len(), 1);
        assert!(!requests[0].mentions(OPENAI.key), "the key went to a stranger");
        check_no_key_in_sight(&page).await
    })
    .await;
}
