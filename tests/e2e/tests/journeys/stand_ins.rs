//! Who stands in for the page's host and for the providers.

use tutti_e2e::{Browser, ComparePage, Result, built_page, check_no_key_in_sight};
use tutti_test_server::{Cassette, Cors, Mount, Replay, Request, TestServer};

pub const PROMPT: &str = "Why does an orchestra play tutti?";
pub const MODEL: &str = "test-model-1";

/// The page's own server. Providers' mounts are on another one, so that calls cross origins.
pub async fn page_server() -> Result<TestServer> {
    let server = TestServer::start().await;
    server.serve_dist(built_page()?);
    Ok(server)
}

/// Opens the page from its own server.
pub async fn open<'b>(browser: &'b Browser, site: &TestServer) -> Result<ComparePage<'b>> {
    ComparePage::open(browser, &format!("{}/", site.base_url())).await
}

/// One panel's provider: its mount, its key, and what the page must show of its answer.
pub struct Provider {
    pub id: &'static str,
    pub dialect: Option<&'static str>,
    pub version: &'static str,
    /// A marked key: no journey may find it where it does not belong.
    pub key: &'static str,
    /// Where the call goes, below the base URL; `MODEL` stands for the model.
    pub path: &'static str,
    /// The header that carries the key, and what stands before it.
    pub auth: (&'static str, &'static str),
    pub host: &'static str,
    pub cassette: &'static str,
}

pub const OPENAI: Provider = Provider {
    id: "openai",
    dialect: Some("openai_chat"),
    version: "v1",
    key: "sk-test-openai-7b1f02c9e4",
    path: "/chat/completions",
    auth: ("authorization", "Bearer "),
    host: "api.openai.com",
    cassette: "openai_chat/text-ko-ja-emoji",
};

pub const ANTHROPIC: Provider = Provider {
    id: "anthropic",
    dialect: None,
    version: "v1",
    key: "sk-ant-test-58d0c3aa91",
    path: "/messages",
    auth: ("x-api-key", ""),
    host: "api.anthropic.com",
    cassette: "anthropic_messages/text-ko-ja-emoji",
};

pub const GOOGLE: Provider = Provider {
    id: "google",
    dialect: None,
    version: "v1beta",
    key: "AIza-test-e90b7766f3",
    path: "/models/MODEL:streamGenerateContent?alt=sse",
    auth: ("x-goog-api-key", ""),
    host: "generativelanguage.googleapis.com",
    cassette: "gemini/text-ko-ja-emoji",
};

pub const PROVIDERS: [&Provider; 3] = [&OPENAI, &ANTHROPIC, &GOOGLE];

/// All that a journey may have typed as a key.
pub const KEYS: [&str; 3] = [OPENAI.key, ANTHROPIC.key, GOOGLE.key];

impl Provider {
    pub fn recorded_answer(&self) -> Result<Cassette> {
        Ok(Cassette::load(Cassette::own_folder(), self.cassette)?)
    }

    /// Answers under `/m/<id>/` as this provider's host would.
    pub fn mount(&self, server: &TestServer, replay: Replay) -> Mount {
        server.mount(self.id, replay).cors(Cors::of_host(self.host))
    }

    /// Fills in a panel for this provider at its mount.
    pub async fn set_up(&self, page: &ComparePage<'_>, index: usize, mount: &Mount) -> Result {
        let panel = page.panel(index);
        let setup = panel.setup().await?;
        setup.choose_provider(self.id).await?;
        if let Some(dialect) = self.dialect {
            setup.choose_dialect(dialect).await?;
        }
        setup.set_base_url(&format!("{}/{}", mount.url(), self.version)).await?;
        setup.set_key(self.key).await?;
        panel.choose_model(MODEL).await
    }

    /// That the mount was asked once, in this provider's way, with this panel's key alone.
    pub fn check_request(&self, mount: &Mount) {
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
        self.check_secrets(request);
        for preflight in mount.preflights() {
            assert!(!preflight.refused, "{preflight:?}");
        }
    }

    /// The key is in one header and nowhere else, and no other provider's key is anywhere.
    pub fn check_secrets(&self, request: &Request) {
        assert!(!request.path.contains(self.key), "{}", request.path);
        assert!(!request.body_text().contains(self.key));
        let carriers = request.headers.iter();
        assert_eq!(carriers.filter(|(_, value)| value.contains(self.key)).count(), 1);
        for other in KEYS.iter().filter(|key| **key != self.key) {
            assert!(!request.mentions(other), "{} was sent {other}", self.id);
        }
    }
}

/// What every journey with keys ends with.
pub async fn see_no_key(browser: &Browser) -> Result {
    check_no_key_in_sight(browser, &KEYS).await
}
