//! Who stands in for the page's host and for the providers, under their real names.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti::model::provider::Dialect;
use tutti_e2e::{Browser, ComparePage, Options, Result, built_page, check_no_key_in_sight};
use tutti_test_server::script::Scripts;
use tutti_test_server::{Cassette, Mount, Replay, Script, TestServer, chat};

pub const PROMPT: &str = "Why does an orchestra play tutti?";
pub const MODEL: &str = "test-model-1";

/// Where the page is, as far as the browser knows.
pub const SITE: &str = "https://tutti.test/";

/// A provider as it stands in the catalogue, at its own address, with a marked key: no journey may
/// find that where it does not belong.
#[derive(Clone, Copy)]
pub struct Provider {
    pub id: &'static str,
    pub dialect: Dialect,
    pub host: &'static str,
    /// Where a call goes; `MODEL` stands for the model.
    pub path: &'static str,
    /// The header that carries the key, and what stands before it.
    pub auth: (&'static str, &'static str),
    pub key: &'static str,
    /// What the key is called in an `.env` file.
    pub variable: &'static str,
    pub cassette: &'static str,
}

pub const OPENAI: Provider = Provider {
    id: "openai",
    dialect: Dialect::OpenaiChat,
    host: "api.openai.com",
    path: "/v1/chat/completions",
    auth: ("authorization", "Bearer "),
    key: "sk-test-openai-7b1f02c9e4",
    variable: "OPENAI_API_KEY",
    cassette: "openai_chat/text-ko-ja-emoji",
};

pub const ANTHROPIC: Provider = Provider {
    id: "anthropic",
    dialect: Dialect::AnthropicMessages,
    host: "api.anthropic.com",
    path: "/v1/messages",
    auth: ("x-api-key", ""),
    key: "sk-ant-test-58d0c3aa91",
    variable: "ANTHROPIC_API_KEY",
    cassette: "anthropic_messages/text-ko-ja-emoji",
};

pub const GOOGLE: Provider = Provider {
    id: "google",
    dialect: Dialect::Gemini,
    host: "generativelanguage.googleapis.com",
    path: "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
    auth: ("x-goog-api-key", ""),
    key: "AIza-test-e90b7766f3",
    variable: "GEMINI_API_KEY",
    cassette: "gemini/text-ko-ja-emoji",
};

pub const PROVIDERS: [Provider; 3] = [OPENAI, ANTHROPIC, GOOGLE];

impl Provider {
    pub fn recorded_answer(self) -> Result<Cassette> {
        Ok(Cassette::load(Cassette::own_folder(), self.cassette)?)
    }

    pub fn origin(self) -> String {
        format!("https://{}", self.host)
    }

    /// A panel that asks this provider, as somebody would have set it up.
    pub fn panel(self) -> PanelSettings {
        let row = catalog::find(self.id).expect("a row of the catalogue");
        PanelSettings { dialect: self.dialect, ..PanelSettings::new(row, MODEL) }
    }

    /// Fills in a panel by hand.
    pub async fn set_up(self, page: &ComparePage<'_>, index: usize) -> Result {
        let panel = page.panel(index);
        let setup = panel.setup().await?;
        setup.choose_provider(self.id).await?;
        setup.choose_dialect(self.dialect.name()).await?;
        setup.set_key(self.key).await?;
        setup.close().await?;
        panel.choose_model(MODEL).await
    }

    /// That its host was asked once, in this provider's way.
    pub fn check_request(self, host: &Mount) {
        let requests = host.requests();
        let [request] = requests.as_slice() else {
            panic!("{} was asked {} times", self.id, requests.len());
        };
        let path = self.path.replace("MODEL", MODEL);
        assert_eq!((request.method.as_str(), &request.path), ("POST", &path));
        let (header, prefix) = self.auth;
        let credential = format!("{prefix}{}", self.key);
        assert_eq!(request.header(header), Some(credential.as_str()));
        assert!(request.mentions(PROMPT), "{}", request.body_text());
        for preflight in host.preflights() {
            assert!(!preflight.refused, "{preflight:?}");
        }
    }
}

/// All there is of the internet: the page's host and those of providers.
pub struct World {
    pub net: TestServer,
}

impl World {
    pub async fn new() -> Self {
        let net = TestServer::start_proxy().await;
        net.serve_dist_at("tutti.test", built_page().expect("a built page"));
        Self { net }
    }

    /// For a browser that lives in it.
    pub fn options(&self) -> Options {
        let proxy = self.net.address().parse().expect("the proxy's own address");
        Options::default().behind(proxy)
    }

    /// The provider's host answers with this; a list of models it has too.
    pub fn host(&self, provider: Provider, answers: impl Into<Scripts>) -> Mount {
        self.net.host(provider.host, answers).models(list_of_models(provider.dialect))
    }

    /// Opens the page for the first time.
    pub async fn open<'b>(&self, browser: &'b Browser) -> Result<ComparePage<'b>> {
        ComparePage::open(browser, SITE).await
    }

    /// Opens the page as somebody finds it who has been there before.
    pub async fn open_again<'b>(
        &self,
        browser: &'b Browser,
        panels: Vec<PanelSettings>,
    ) -> Result<ComparePage<'b>> {
        open_again(browser, SITE, &Workspace { panels, ..Workspace::default() }).await
    }

    /// Opens the page with a panel for each of these providers, and their keys.
    pub async fn open_with<'b>(
        &self,
        browser: &'b Browser,
        providers: &[Provider],
    ) -> Result<ComparePage<'b>> {
        let panels = providers.iter().map(|provider| provider.panel()).collect();
        let page = self.open_again(browser, panels).await?;
        paste_keys(&page, providers).await?;
        Ok(page)
    }

    /// What every journey with keys ends with: no key is in sight, none was sent to anybody but
    /// the host it is for, there in the one header it belongs into, and nobody else was asked.
    pub async fn see_no_key_astray(&self, browser: &Browser) -> Result {
        let keys = PROVIDERS.map(|provider| provider.key);
        check_no_key_in_sight(browser, &keys).await?;
        for request in self.net.all_requests() {
            for provider in PROVIDERS {
                if !request.mentions(provider.key) {
                    continue;
                }
                let is_at_home = request.url.starts_with(&format!("{}/", provider.origin()));
                assert!(is_at_home, "{} was sent the key of {}", request.url, provider.id);
                assert!(!request.url.contains(provider.key), "a key in an address: {}", request.url);
                assert!(!request.body_text().contains(provider.key), "a key in a body: {}", request.url);
                let (header, _) = provider.auth;
                let carriers = request.headers.iter().filter(|(_, value)| value.contains(provider.key));
                let carriers: Vec<_> = carriers.map(|(name, _)| name.as_str()).collect();
                assert_eq!(carriers, [header], "{}", request.url);
            }
        }
        assert_eq!(self.net.strangers(), [], "somebody else was asked");
        Ok(())
    }
}

/// The page's own server, without a proxy: for servers of this computer.
pub async fn page_server() -> Result<TestServer> {
    let server = TestServer::start().await;
    server.serve_dist(built_page()?);
    Ok(server)
}

/// Opens the page at an address where it has saved this before.
pub async fn open_again<'b>(
    browser: &'b Browser,
    address: &str,
    saved: &Workspace,
) -> Result<ComparePage<'b>> {
    // Storage belongs to an origin, so some file of it has to be open; the page itself would
    // write over what it finds.
    browser.visit(&format!("{address}boot.js")).await?;
    let save = "localStorage.setItem('tutti.workspace', args); return true;";
    browser.read::<bool>(save, json!(saved.to_json())).await?;
    ComparePage::open(browser, address).await
}

/// Hands in the keys of these providers as lines of an `.env` file.
pub async fn paste_keys(page: &ComparePage<'_>, providers: &[Provider]) -> Result {
    let lines: Vec<String> =
        providers.iter().map(|provider| format!("{}={}", provider.variable, provider.key)).collect();
    let dialog = page.open_keys().await?;
    dialog.paste(&lines.join("\n")).await?;
    for provider in providers {
        dialog.wait_for_origin(&provider.origin()).await?;
    }
    dialog.close().await
}

fn list_of_models(dialect: Dialect) -> String {
    let list: Value = match dialect {
        Dialect::Gemini => json!({"models": [{
            "name": format!("models/{MODEL}"),
            "supportedGenerationMethods": ["generateContent"],
        }]}),
        _ => json!({"data": [{"id": MODEL, "object": "model"}]}),
    };
    list.to_string()
}

/// An answer of "Chat Completions" in these pieces, whole.
pub fn chat_answer<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Replay {
    let event = |delta: Value, finish: Value| {
        let chunk = json!({
            "object": "chat.completion.chunk",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        });
        format!("data: {chunk}")
    };
    let mut events: Vec<String> =
        pieces.into_iter().map(|piece| event(json!({"content": piece}), Value::Null)).collect();
    events.push(event(json!({}), json!("stop")));
    events.push("data: [DONE]".to_owned());
    Replay::sse(events.iter().map(String::as_str))
}

/// The words `0 1 2 ...`, one a piece, so that each tells which one it is.
pub fn counted(pieces: usize, pause: Duration) -> Script {
    let words = (0..pieces)
        .fold(Script::sse(), |script, word| script.send(chat::text(&format!("{word} "))).wait(pause));
    words.send(chat::finish("stop")).send(chat::DONE)
}

/// Servers of this computer, which need no key.
pub struct Locals {
    pub hosts: Vec<Mount>,
    servers: Vec<TestServer>,
}

impl Locals {
    /// So many, each with an answer of its own.
    pub async fn new(count: usize, answer: impl Fn(usize) -> Script) -> Self {
        let mut locals = Self { hosts: Vec::new(), servers: Vec::new() };
        for host in 0..count {
            // Browsers open six connections to one.
            if host % 4 == 0 {
                locals.servers.push(TestServer::start().await);
            }
            let mount =
                locals.servers.last().map(|server| server.mount(&format!("host-{host}"), answer(host)));
            locals.hosts.extend(mount);
        }
        locals
    }

    /// Opens the page with a panel for each.
    pub async fn open<'b>(&self, browser: &'b Browser, address: &str) -> Result<ComparePage<'b>> {
        let row = catalog::find("llamacpp").expect("a row of the catalogue");
        let panel = |host: &Mount| PanelSettings {
            base_url: host.url().to_owned(),
            ..PanelSettings::new(row, MODEL)
        };
        let panels = self.hosts.iter().map(panel).collect();
        open_again(browser, address, &Workspace { panels, ..Workspace::default() }).await
    }
}

/// All records of a store of the page's database, as JSON; the database has to be there.
pub async fn stored(browser: &Browser, store: &str) -> Result<Value> {
    let script = "
        const of = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
        });
        const database = await of(indexedDB.open('tutti'));
        const store = database.transaction(args).objectStore(args);
        const [keys, records] = await Promise.all([of(store.getAllKeys()), of(store.getAll())]);
        database.close();
        return keys.map((key, at) => ({ key, record: records[at] }));";
    browser.read_later(script, json!(store)).await
}

/// The most text that may be lost of an answer, in milliseconds.
pub const MAY_LOSE_MS: u64 = 250;
const BEAT_MS: u64 = 25;

/// Hears a page beat, to know when the machine did not let it run.
pub struct Beats(Locals);

impl Beats {
    pub async fn new() -> Self {
        Self(Locals::new(1, |_| Script::new(200).send(".")).await)
    }

    /// To be told before a page's timers are touched.
    pub async fn begin(&self, browser: &Browser) -> Result {
        let beat = "setInterval(() => fetch(args.url, { method: 'POST', mode: 'no-cors' }), args.every);
            return true;";
        let args = json!({"url": self.0.hosts[0].url(), "every": BEAT_MS});
        browser.read::<bool>(beat, args).await?;
        Ok(())
    }

    /// How much longer than it should the page took from one beat to the next, in the last moments before this.
    pub fn stalled_ms(&self, moment: Instant) -> u64 {
        let host = &self.0.hosts[0];
        let end_ms = host.ms_at(moment);
        let beats = host.requests().into_iter().filter_map(|request| request.first_chunk_ms);
        let mut beats: Vec<u64> = beats.filter(|ms| *ms <= end_ms && *ms + 1000 > end_ms).collect();
        beats.push(end_ms);
        let gaps = beats.windows(2).map(|pair| (pair[1] - pair[0]).saturating_sub(BEAT_MS));
        gaps.max().unwrap_or_default()
    }
}

/// So many answers, each of its own number: "red 1", "red 2".
pub fn numbered(name: &str, count: usize) -> impl Fn() -> Vec<Replay> {
    move || (1..=count).map(|at| chat_answer([format!("{name} {at}").as_str()])).collect()
}

/// How often the list of models was asked for: only those requests have no body.
pub fn lists_asked(host: &Mount) -> usize {
    host.requests().iter().filter(|request| request.body_text().is_empty()).count()
}
