//! The pages, and the workloads with the pages that each is for.

use crate::options::Options;

/// Tokens per second of a chat model, and how many tokens an answer has (up to 400 more: the mock ends
/// at a block's end).
pub const RATE: usize = 50;
const TOKENS: usize = 400;
/// One long answer, much faster than any model.
const LONG_RATE: usize = 3_000;
const LONG_TOKENS: usize = 60_000;
/// When the mock sends the first token.
pub const DELAY_MS: f64 = 200.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Many panels at the rate of a chat model.
    Sweep,
    /// One long answer of each shape.
    Shapes,
    /// Eight panels while a ninth gets 5,000 lines of code at once.
    Block,
    /// Weight, and the time until the page can be used.
    Load,
}

impl Part {
    pub const ALL: [Part; 4] = [Part::Sweep, Part::Shapes, Part::Block, Part::Load];

    pub fn named(name: &str) -> Option<Self> {
        let names = ["sweep", "shapes", "block", "load"];
        Self::ALL.into_iter().zip(names).find(|(_, known)| *known == name).map(|(part, _)| part)
    }
}

/// A page under test.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// In tables and records.
    pub id: &'static str,
    /// Its folder on the server.
    pub path: &'static str,
    /// What its address says beside the workload.
    pub query: &'static str,
    pub kind: Kind,
    /// It is so slow that one round has to do for what takes long.
    pub is_slow: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ours,
    Plain,
    React,
}

pub const TUTTI: Page = page("tutti", "ours", "", Kind::Ours);
pub const VANILLA: Page = page("vanilla-best", "vanilla-best", "", Kind::Plain);
/// The same, with a long answer in boxes of 24 blocks.
pub const VANILLA_BOXED: Page = page("vanilla-best, boxed", "vanilla-best", "chunk=24", Kind::Plain);
const SMD: Page = page("vanilla-smd", "vanilla-smd", "", Kind::Plain);
const REACT_MARKDOWN: Page = slow("react-markdown", "react-rmd", "");
const STREAMDOWN: Page = slow("streamdown", "react-sd", "");
const STREAMDOWN_FRAMES: Page = slow("streamdown, by frame", "react-sd", "raf=1");
const AI_SDK: Page = slow("AI SDK", "react-ai", "");
const AI_SDK_THROTTLED: Page = slow("AI SDK, throttled", "react-ai", "throttle=50");

const fn page(id: &'static str, path: &'static str, query: &'static str, kind: Kind) -> Page {
    Page { id, path, query, kind, is_slow: false }
}

const fn slow(id: &'static str, path: &'static str, query: &'static str) -> Page {
    Page { id, path, query, kind: Kind::React, is_slow: true }
}

const SWEEP: [&Page; 8] =
    [&VANILLA, &SMD, &REACT_MARKDOWN, &STREAMDOWN, &STREAMDOWN_FRAMES, &AI_SDK, &AI_SDK_THROTTLED, &TUTTI];
const SHAPES: [&Page; 5] = [&VANILLA_BOXED, &SMD, &REACT_MARKDOWN, &STREAMDOWN, &TUTTI];
const LOAD: [&Page; 6] = [&VANILLA, &SMD, &REACT_MARKDOWN, &STREAMDOWN, &AI_SDK, &TUTTI];

/// The corpora of the mock that one long answer is made of; all but the first are one endless block.
pub const CORPORA: [&str; 5] = ["mixed", "longpara", "longcode", "longlist", "longtable"];

/// The ninth panel of [`Part::Block`], by its model's name: 5,000 lines of code in one burst, or one
/// short sentence, while the others come to their end.
pub const BLOCK: &str = "sim-tps0-n80500-k500-ttft7600-c_longcode-s100";
pub const NO_BLOCK: &str = "sim-tps0-n10-ttft7600-c_prose-s100";

pub struct Workload {
    /// In records.
    pub id: String,
    pub part: Part,
    pub panels: usize,
    pub rate: usize,
    pub tokens: usize,
    pub corpus: &'static str,
    /// The model of one more panel of our page.
    pub beside: Option<&'static str>,
    /// Over a slow line, by a slow processor.
    pub is_throttled: bool,
    /// After so many seconds a run is left as it stands.
    pub patience_s: usize,
    pages: Vec<&'static Page>,
}

impl Workload {
    /// The pages that it is for, in that round.
    pub fn pages_of(&self, round: usize) -> Vec<&'static Page> {
        let takes_long = self.part == Part::Shapes;
        self.pages.iter().copied().filter(|page| round == 0 || !(takes_long && page.is_slow)).collect()
    }

    /// Whether an answer is a single block without end.
    pub fn is_one_block(&self) -> bool {
        self.corpus.starts_with("long")
    }

    pub fn pages(&self) -> &[&'static Page] {
        &self.pages
    }
}

pub fn plan(options: &Options) -> Vec<Workload> {
    let chosen = |pages: &[&'static Page]| -> Vec<&'static Page> {
        let is_meant = |page: &&Page| !options.is_quick || page.path == VANILLA.path || **page == TUTTI;
        pages.iter().copied().filter(is_meant).collect()
    };
    let usual = Workload {
        id: String::new(),
        part: Part::Sweep,
        panels: 8,
        rate: RATE,
        tokens: TOKENS,
        corpus: "mixed",
        beside: None,
        is_throttled: false,
        patience_s: 60,
        pages: chosen(&SWEEP),
    };
    let mut plan = Vec::new();
    for part in &options.parts {
        let part = *part;
        match part {
            Part::Sweep => plan.extend(options.streams.iter().map(|panels| Workload {
                id: format!("{panels}x{RATE}"),
                panels: *panels,
                pages: usual.pages.clone(),
                ..usual
            })),
            Part::Shapes => plan.extend(CORPORA.map(|corpus| Workload {
                id: corpus.to_owned(),
                part,
                panels: 1,
                rate: LONG_RATE,
                tokens: LONG_TOKENS,
                corpus,
                pages: chosen(&SHAPES),
                ..usual
            })),
            Part::Block => plan.extend([("idle", NO_BLOCK), ("block", BLOCK)].map(|(id, model)| Workload {
                id: id.to_owned(),
                part,
                beside: Some(model),
                pages: vec![&TUTTI],
                ..usual
            })),
            Part::Load => plan.extend([("plain", false), ("throttled", true)].map(|(id, is_throttled)| {
                Workload { id: id.to_owned(), part, is_throttled, pages: chosen(&LOAD), ..usual }
            })),
        }
    }
    plan
}

pub fn runs(plan: &[Workload], rounds: usize) -> usize {
    (0..rounds).flat_map(|round| plan.iter().map(move |workload| workload.pages_of(round).len())).sum()
}

/// A guess, from what runs have taken.
pub fn minutes(plan: &[Workload], rounds: usize) -> usize {
    let seconds = |workload: &Workload, page: &Page| match workload.part {
        Part::Load => 6,
        Part::Shapes if page.is_slow => 70,
        Part::Shapes => 26,
        _ if page.is_slow && workload.panels > 100 => 35,
        _ => 14,
    };
    let all = (0..rounds).flat_map(|round| {
        let of = move |workload: &Workload| -> usize {
            workload.pages_of(round).iter().map(|page| seconds(workload, page)).sum()
        };
        plan.iter().map(of)
    });
    all.sum::<usize>().div_ceil(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(line: &str) -> Vec<Workload> {
        plan(&Options::parse(line.split_whitespace().map(str::to_owned)).unwrap())
    }

    #[test]
    fn every_workload_is_measured_beside_vanilla_and_has_its_own_name() {
        let plan = planned("");
        assert_eq!(plan.len(), 3 + 5 + 2 + 2);
        let ids: Vec<&str> = plan.iter().map(|workload| workload.id.as_str()).collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        for workload in plan {
            assert!(workload.pages().contains(&&TUTTI), "{}", workload.id);
            let has_vanilla = workload.pages().iter().any(|page| page.path == VANILLA.path);
            assert_eq!(has_vanilla, workload.part != Part::Block, "{}", workload.id);
        }
    }

    #[test]
    fn slow_pages_show_long_answers_once() {
        let plan = planned("--only shapes");
        let (first, second) = (plan[0].pages_of(0), plan[0].pages_of(1));
        assert_eq!((first.len(), second.len()), (5, 3));
        assert!(second.iter().all(|page| page.kind != Kind::React));
        assert_eq!(runs(&plan, 2), 5 * (5 + 3));
    }

    #[test]
    fn a_quick_run_leaves_react_out() {
        let plan = planned("--quick --only sweep --streams 200");
        let ids: Vec<&str> = plan[0].pages().iter().map(|page| page.id).collect();
        assert_eq!(ids, ["vanilla-best", "tutti"]);
    }
}
