//! One page, one number of streams, one browser.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::json;
use tutti::grid::settings::PanelSettings;
use tutti::grid::workspace::Workspace;
use tutti::model::catalog;
use tutti_e2e::{Browser, Engine, Result};
use tutti_test_server::{Load, StreamRecord, Streams, TestServer};

use crate::figures::{Figures, Finish};
use crate::options::Options;

const WATCH: &str = include_str!("watch.js");
const FIRST: &str = "▶";
const LAST: &str = "∎";
const TTFT_MS: u64 = 500;
/// What a page may need beyond the streams themselves, before it is left as it stands.
const PATIENCE_MS: u64 = 40_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Tutti,
    Plain,
}

/// What one run has shown.
pub struct Run {
    pub streams: usize,
    /// Streams whose whole text stands in their panels.
    pub whole: usize,
    /// Of the streams that were not stopped.
    pub figures: Option<Figures>,
    pub frames_per_second: f64,
    /// How far a token left the server after its moment, at most; milliseconds.
    pub late_max: f64,
    /// Streams that the server saw its client leave.
    pub left: usize,
}

/// What watch.js returns.
#[derive(Deserialize)]
struct Seen {
    origin_epoch_ms: f64,
    last_ms: Vec<Option<f64>>,
    whole: Vec<bool>,
    frames_per_second: f64,
}

impl Page {
    pub fn named(name: &str) -> Option<Self> {
        [Page::Tutti, Page::Plain].into_iter().find(|page| page.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Page::Tutti => "tutti",
            Page::Plain => "plain",
        }
    }

    fn folder(self, options: &Options) -> PathBuf {
        match self {
            Page::Tutti => options.files.dist.clone(),
            Page::Plain => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/plain")),
        }
    }
}

/// The first `stopped` streams are stopped as soon as all have begun.
pub async fn measure(options: &Options, page: Page, streams: usize, stopped: usize) -> Result<Run> {
    let site = TestServer::start_tls().await;
    site.serve_dist(page.folder(options));
    let hosts = TestServer::start_tls().await;
    let load = Load::new(streams, options.tokens, options.rate, TTFT_MS).start_together();
    let served = hosts.streams(load);
    let api = format!("{}/v1", hosts.base_url());

    let browser = Browser::start(Engine::Chromium, "streams", &Default::default()).await?;
    let address = match page {
        Page::Plain => format!("{}/?api={api}&streams={streams}", site.base_url()),
        Page::Tutti => {
            // Its text shows at an address of the same storage, and no program runs there.
            browser.visit(&format!("{}/boot.js", site.base_url())).await?;
            let script = "localStorage.setItem('tutti.workspace', args);";
            let _: Option<()> = browser.read(script, json!(workspace(&served, &api).to_json())).await?;
            format!("{}/", site.base_url())
        }
    };
    browser.visit(&address).await?;
    let are_there = "document.querySelectorAll('[data-panel] .reply').length === args";
    browser.wait_until("the panels", are_there, json!(streams), "return document.body.innerText;").await?;

    let length_ms = TTFT_MS + (options.tokens as f64 / options.rate * 1000.0) as u64;
    let args = json!({
        "first": FIRST,
        "last": LAST,
        "whole": served.text(),
        "stopped": stopped,
        "patience_ms": length_ms + PATIENCE_MS,
    });
    let seen: Seen = browser.read_later(WATCH, args).await?;
    browser.close().await;
    Ok(evaluate(streams, stopped, &seen, &served.log()))
}

/// As many panels as there are streams, all of them allowed at once.
fn workspace(streams: &Streams, api: &str) -> Workspace {
    let panel = |model: &String| {
        let row = catalog::find("custom-openai").unwrap_or_else(catalog::simulated);
        PanelSettings { base_url: api.to_owned(), ..PanelSettings::new(row, model) }
    };
    Workspace {
        panels: streams.models().iter().map(panel).collect(),
        confirm_above: u32::MAX,
        connections: Some(256),
        ..Workspace::default()
    }
}

fn evaluate(streams: usize, stopped: usize, seen: &Seen, log: &[StreamRecord]) -> Run {
    let finish = |index: usize| {
        let model = format!("stream-{}", index + 1);
        let record = log.iter().find(|record| record.model == model)?;
        let page = seen.origin_epoch_ms + seen.last_ms.get(index).copied()??;
        Some(Finish { server: record.last_epoch_ms?, page })
    };
    let finishes: Vec<Finish> = (stopped..streams).filter_map(finish).collect();
    Run {
        streams,
        whole: seen.whole.iter().skip(stopped).filter(|whole| **whole).count(),
        figures: Figures::of(&finishes),
        frames_per_second: seen.frames_per_second,
        late_max: log.iter().map(|record| record.late_max_ms).fold(0.0, f64::max),
        left: log.iter().filter(|record| record.aborted).count(),
    }
}

impl Run {
    pub fn sentence(&self, page: Page) -> String {
        let Self { streams, whole, frames_per_second, late_max, .. } = self;
        let times = match self.figures {
            Some(Figures { skew, server_skew, lag_p50, lag_p99, lag_max }) => format!(
                "finish skew {skew:.0} ms (the server's {server_skew:.0}), lag {lag_p50:.0}, {lag_p99:.0}, {lag_max:.0} ms"
            ),
            None => "nothing finished".to_owned(),
        };
        format!(
            "{streams} in {}: {whole} whole, {times}, {frames_per_second:.0} frames/s, server at most {late_max:.0} ms late",
            page.name()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(number: usize, last: Option<f64>) -> StreamRecord {
        StreamRecord {
            id: number,
            model: format!("stream-{number}"),
            is_h2: true,
            tokens: 3,
            asked_ms: 0.0,
            asked_epoch_ms: 0.0,
            first_ms: None,
            first_epoch_ms: None,
            last_ms: last,
            last_epoch_ms: last.map(|last| 1_000.0 + last),
            bytes: 10,
            late_max_ms: 2.0,
            aborted: last.is_none(),
        }
    }

    #[test]
    fn panels_are_paired_with_streams_by_model_and_stopped_ones_left_out() {
        // Asked in another order than that of the panels; the first panel is stopped.
        let log = [record(3, Some(70.0)), record(1, None), record(2, Some(60.0))];
        let seen = Seen {
            origin_epoch_ms: 900.0,
            last_ms: vec![None, Some(165.0), Some(180.0)],
            whole: vec![false, true, true],
            frames_per_second: 60.0,
        };
        let run = evaluate(3, 1, &seen, &log);
        let figures = run.figures.unwrap();
        assert_eq!((run.whole, run.left), (2, 1));
        assert_eq!((figures.skew, figures.server_skew), (15.0, 10.0));
        assert_eq!((figures.lag_p50, figures.lag_max), (5.0, 10.0));
    }
}
