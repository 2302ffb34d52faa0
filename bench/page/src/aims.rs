//! What our page has to reach, as ratios to the others of the same sitting.

use crate::plan::{CORPORA, Kind, Page, TUTTI, VANILLA, VANILLA_BOXED, Workload};
use crate::record::{self, Figure, Runs};

pub enum Against {
    Page(&'static Page),
    /// The React page that did best.
    BestReact,
    /// Our own page with that workload; the figure may be so much more, not so many times as much.
    Added(&'static str),
    /// Nobody.
    Nothing,
}

pub struct Aim {
    pub workload: &'static str,
    pub name: &'static str,
    figure: Figure,
    pub against: Against,
    /// So many times as much as the others, or the figure itself.
    pub most: f64,
}

/// An aim beside what was measured.
pub struct Outcome {
    pub ours: f64,
    pub theirs: Option<f64>,
    /// What [`Aim::most`] is about.
    pub reached: f64,
}

pub fn aims() -> Vec<Aim> {
    let aim = |workload, name, figure, against, most| Aim { workload, name, figure, against, most };
    let cpu = "CPU ms/frame";
    let cost = record::ms_per_frame as Figure;
    let mut aims = vec![
        aim("8x50", cpu, cost, Against::Page(&VANILLA), 1.1),
        aim("8x50", cpu, cost, Against::BestReact, 0.6),
        aim("32x50", cpu, cost, Against::Page(&VANILLA), 1.1),
        aim("32x50", "lag p99", record::lag_p99, Against::Page(&VANILLA), 1.0),
        aim("200x50", cpu, cost, Against::Page(&VANILLA), 1.0),
        aim("200x50", "lag p99", record::lag_p99, Against::Page(&VANILLA), 0.9),
    ];
    for corpus in CORPORA {
        aims.push(aim(corpus, "main CPU s", record::cpu_main, Against::Page(&VANILLA_BOXED), 1.0));
        aims.push(aim(corpus, "growth", record::growth, Against::Nothing, 1.2));
    }
    aims.push(aim("block", "lag p99, ms more", record::lag_p99, Against::Added("idle"), 50.0));
    aims.push(aim("plain", "bytes", record::load_bytes, Against::Nothing, 193_000.0));
    aims.push(aim("throttled", "interactive ms", record::tti, Against::Nothing, 800.0));
    aims
}

impl Aim {
    /// `None` where it was not measured.
    pub fn outcome(&self, plan: &[Workload], runs: &Runs) -> Option<Outcome> {
        let find = |id: &str| plan.iter().find(|workload| workload.id == id);
        let workload = find(self.workload)?;
        let measured = |workload: &Workload, page: &'static Page| runs.of(workload, page).median(self.figure);
        let ours = measured(workload, &TUTTI)?;
        let theirs = match &self.against {
            Against::Page(page) => Some(measured(workload, page)?),
            Against::BestReact => Some(best_react(workload, runs, self.figure)?),
            Against::Added(other) => Some(measured(find(other)?, &TUTTI)?),
            Against::Nothing => None,
        };
        let reached = match (&self.against, theirs) {
            (Against::Added(_), Some(theirs)) => ours - theirs,
            (_, Some(theirs)) => ours / theirs,
            (_, None) => ours,
        };
        Some(Outcome { ours, theirs, reached })
    }
}

/// The least of all React pages.
pub fn best_react(workload: &Workload, runs: &Runs, figure: Figure) -> Option<f64> {
    let react = workload.pages().iter().filter(|page| page.kind == Kind::React);
    react.filter_map(|page| runs.of(workload, page).median(figure)).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{options::Options, plan};

    #[test]
    fn aims_are_of_workloads_and_pages_that_are_measured() {
        let plan = plan::plan(&Options::parse([]).unwrap());
        for aim in aims() {
            let workload = plan.iter().find(|workload| workload.id == aim.workload);
            let workload = workload.unwrap_or_else(|| panic!("{}", aim.workload));
            match aim.against {
                Against::Page(page) => assert!(workload.pages().contains(&page), "{}", aim.workload),
                Against::Added(other) => assert!(plan.iter().any(|workload| workload.id == other)),
                Against::BestReact | Against::Nothing => {}
            }
        }
    }

    #[test]
    fn an_outcome_is_a_ratio_a_difference_or_the_figure_itself() {
        let text = r#"{"label":"8x50/tutti","cpu_main":2.0,"frames":500}
{"label":"8x50/vanilla-best","cpu_main":1.0,"frames":500}
{"label":"8x50/streamdown","cpu_main":8.0,"frames":500}
{"label":"8x50/react-markdown","cpu_main":4.0,"frames":500}
{"label":"block/tutti","lag_p99":90}
{"label":"idle/tutti","lag_p99":30}
{"label":"throttled/tutti","tti":700}
"#;
        let (plan, runs) = (plan::plan(&Options::parse([]).unwrap()), Runs::parse(text).unwrap());
        let reached: Vec<(&str, f64)> = aims()
            .iter()
            .filter_map(|aim| Some((aim.workload, aim.outcome(&plan, &runs)?.reached)))
            .collect();
        assert_eq!(reached, [("8x50", 2.0), ("8x50", 0.5), ("block", 60.0), ("throttled", 700.0)]);
    }
}
