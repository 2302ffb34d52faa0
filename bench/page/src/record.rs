//! What the driver wrote of one run, and medians over several.

use std::path::Path;

use serde_json::Value;

use crate::plan::{DELAY_MS, Page, Workload};

/// All runs of one sitting, as the driver has written them.
pub struct Runs(Vec<Value>);

/// The runs of one page with one workload.
pub struct Cell(Vec<Value>);

/// A figure of a run; `None` where the run has none.
pub type Figure = fn(&Value) -> Option<f64>;

impl Runs {
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read ({error})", file.display()))?;
        Self::parse(&text).map_err(|error| format!("{} holds what is no record ({error})", file.display()))
    }

    pub fn parse(text: &str) -> serde_json::Result<Self> {
        Ok(Self(text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?))
    }

    pub fn of(&self, workload: &Workload, page: &Page) -> Cell {
        let label = label(workload, page);
        Cell(self.0.iter().filter(|run| run["label"] == *label).cloned().collect())
    }
}

/// How a run is called in the records: the driver knows no more of it.
pub fn label(workload: &Workload, page: &Page) -> String {
    format!("{}/{}", workload.id, page.id)
}

impl Cell {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn median(&self, figure: Figure) -> Option<f64> {
        let mut values: Vec<f64> = self.0.iter().filter_map(figure).collect();
        values.sort_by(f64::total_cmp);
        let half = values.len() / 2;
        match (values.len() % 2, values.get(half)) {
            (0, Some(above)) => values.get(half - 1).map(|below| (below + above) / 2.0),
            (_, middle) => middle.copied(),
        }
    }

    /// How many panels were whole in each run; `!` after one that was left as it stood.
    pub fn finished(&self) -> String {
        let of = |run: &Value| {
            let mark = if run["timedOut"] == true { "!" } else { "" };
            run["ok"].as_u64().map(|ok| format!("{ok}{mark}"))
        };
        self.0.iter().filter_map(of).collect::<Vec<_>>().join(", ")
    }
}

fn number(run: &Value, name: &str) -> Option<f64> {
    run[name].as_f64()
}

fn per(run: &Value, name: &str, of: &str) -> Option<f64> {
    Some(number(run, name)? / number(run, of).filter(|of| *of > 0.0)?)
}

/// What the main thread of the page worked for each frame that it produced, in ms.
pub fn ms_per_frame(run: &Value) -> Option<f64> {
    Some(per(run, "cpu_main", "frames")? * 1_000.0)
}

/// From the click until text stands in a frame, beyond the time that the server took.
pub fn first_token(run: &Value) -> Option<f64> {
    Some(number(run, "first_token")? - DELAY_MS)
}

/// How many cores other processes took.
pub fn other_cores(run: &Value) -> Option<f64> {
    per(run, "cpu_machine_other", "wall_s")
}

/// Figures that the driver writes as they are.
macro_rules! figures {
    ($($name:ident),+ $(,)?) => { $(
        pub fn $name(run: &Value) -> Option<f64> {
            number(run, stringify!($name))
        }
    )+ };
}

figures! {
    lag_p50, lag_p99, raf_p50, raf_p99, raf_max, dropped, frames, cpu_main, cpu_script, cpu_layout,
    cpu_browser_all, growth, rss_mb, heap_gc_mb, load_bytes, load_reqs, fcp, tti,
    load_tbt,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{options::Options, plan};

    #[test]
    fn medians_are_of_the_runs_of_that_page_and_workload_alone() {
        let text = r#"{"label":"8x50/tutti","ok":8,"cpu_main":1.0,"frames":500,"first_token":250,"cpu_machine_other":1,"wall_s":10}
{"label":"8x50/tutti","ok":7,"timedOut":true,"cpu_main":3.0,"frames":500,"first_token":270,"cpu_machine_other":3,"wall_s":10}
{"label":"8x50/tutti","ok":8,"cpu_main":2.0,"frames":500,"first_token":null,"cpu_machine_other":2,"wall_s":10}
{"label":"8x50/vanilla-best","ok":8,"cpu_main":9.0,"frames":0}
"#;
        let runs = Runs::parse(text).unwrap();
        let options = Options::parse(["--only".to_owned(), "sweep".to_owned()]).unwrap();
        let sweep = &plan::plan(&options)[0];
        let ours = runs.of(sweep, &plan::TUTTI);
        assert_eq!((ours.len(), ours.finished().as_str()), (3, "8, 7!, 8"));
        assert_eq!(ours.median(ms_per_frame), Some(4.0));
        assert_eq!(ours.median(first_token), Some(60.0));
        assert_eq!(ours.median(other_cores), Some(0.2));
        assert_eq!(ours.median(growth), None);
        // A page that produced no frame has no cost for each.
        assert_eq!(runs.of(sweep, &plan::VANILLA).median(ms_per_frame), None);
    }
}
