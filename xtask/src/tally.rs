//! Counts of tests and checks, the table of stages, and the closing line.

use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    pub const PASSED: Counts = Counts { passed: 1, failed: 0, skipped: 0 };
    pub const FAILED: Counts = Counts { passed: 0, failed: 1, skipped: 0 };
    pub const SKIPPED: Counts = Counts { passed: 0, failed: 0, skipped: 1 };

    /// From a line as cargo's and wasm-bindgen's test programs end with; `None` for every other line.
    pub fn of_line(line: &str) -> Option<Counts> {
        let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |name: &str| {
            counts
                .split("; ")
                .filter_map(|part| part.trim().split_once(' '))
                .find_map(|(number, of)| (of == name).then(|| number.parse().ok())?)
        };
        Some(Counts {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored").unwrap_or(0),
        })
    }

    pub fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// A program can fail with no failed test: it did not compile, or it crashed.
    pub fn of_program(self, succeeded: bool) -> Counts {
        if succeeded || self.failed > 0 { self } else { Counts { failed: 1, ..self } }
    }
}

#[derive(Debug, Clone)]
struct Stage {
    name: String,
    counts: Counts,
    took: Duration,
    note: String,
}

#[derive(Debug, Default)]
pub struct Report {
    stages: Vec<Stage>,
    /// Of all programs that run tests.
    tests: Counts,
    /// On a machine whose duty it is to run everything, what cannot run has failed.
    strict: bool,
}

impl Report {
    pub fn new() -> Self {
        let strict = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        Report { strict, ..Report::default() }
    }

    /// Says which stage begins.
    pub fn announce(&self, name: &str) {
        println!("\n== {name} ==");
    }

    pub fn add(&mut self, name: &str, counts: Counts, took: Duration, note: &str) {
        self.stages.push(Stage { name: name.to_owned(), counts, took, note: note.to_owned() });
    }

    /// A program that ran tests, not a check or a build.
    pub fn add_tests(&mut self, name: &str, counts: Counts, took: Duration, note: &str) {
        self.tests.add(counts);
        self.add(name, counts, took, note);
    }

    pub fn has_run_tests(&self) -> bool {
        self.tests.passed + self.tests.failed > 0
    }

    /// This machine lacks something.
    pub fn missing(&mut self, name: &str, why: &str) {
        let counts = if self.strict { Counts::FAILED } else { Counts::SKIPPED };
        self.not_run_as(counts, name, why);
    }

    /// There is nothing to run, or an earlier failure left nothing to run on.
    pub fn not_run(&mut self, name: &str, why: &str) {
        self.not_run_as(Counts::SKIPPED, name, why);
    }

    fn not_run_as(&mut self, counts: Counts, name: &str, why: &str) {
        let note = format!("not run: {why}");
        println!("\n== {name} == {note}");
        self.add(name, counts, Duration::ZERO, &note);
    }

    fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.stages.iter().for_each(|stage| total.add(stage.counts));
        total
    }

    /// Prints the table and, as the very last line, the counts.
    pub fn finish(&self) -> ExitCode {
        print!("\n{}", self.table());
        let total = self.total();
        if total.passed + total.failed == 0 {
            println!("Nothing ran, and that is a failure.");
        }
        println!("{}", closing_line(total));
        if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> String {
        let width = self.stages.iter().map(|stage| stage.name.chars().count()).max().unwrap_or_default();
        let mut table = format!(
            "{:<width$}  {:>8}  {:>6}  {:>6}  {:>7}\n",
            "stage", "time", "passed", "failed", "skipped"
        );
        for Stage { name, counts, took, note } in &self.stages {
            let line = format!(
                "{name:<width$}  {:>8}  {:>6}  {:>6}  {:>7}  {note}",
                duration(*took),
                counts.passed,
                counts.failed,
                counts.skipped
            );
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table
    }
}

fn closing_line(Counts { passed, failed, skipped }: Counts) -> String {
    format!("{passed} passed, {failed} failed, {skipped} skipped")
}

fn duration(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f32()),
        seconds => format!("{}m {:02}s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u64, u64, u64)>) {
        let expected = expected.map(|(passed, failed, skipped)| Counts { passed, failed, skipped });
        assert_eq!(Counts::of_line(line), expected, "{line}");
    }

    #[test]
    fn result_lines_of_all_runners_are_counted() {
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            Some((3, 0, 1)),
        );
        check(
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            Some((1, 2, 0)),
        );
        check(
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.03s",
            Some((5, 0, 0)),
        );
        check("test result: ok. 5 passed; 0 failed", Some((5, 0, 0)));
    }

    #[test]
    fn other_lines_are_not() {
        check("test wire::sse::result: ok. 3 passed; 0 failed", None);
        check("running 3 tests", None);
        check("test result: ok", None);
        check("test result: ok. many passed; 0 failed", None);
        check("", None);
    }

    #[test]
    fn a_program_that_fails_without_a_failed_test_is_one_failure() {
        let three = Counts { passed: 3, failed: 0, skipped: 0 };
        assert_eq!(three.of_program(true), three);
        assert_eq!(three.of_program(false), Counts { failed: 1, ..three });
        let failed = Counts { failed: 2, ..three };
        assert_eq!(failed.of_program(false), failed);
    }

    #[test]
    fn the_closing_line_sums_all_stages() {
        let mut report = Report::default();
        report.add("size budget", Counts { passed: 1, ..Counts::default() }, Duration::ZERO, "");
        assert!(!report.has_run_tests());
        let native = Counts { passed: 9, failed: 0, skipped: 1 };
        report.add_tests("native", native, Duration::from_millis(1_234), "");
        assert!(report.has_run_tests());
        report.add(
            "journeys, chromium",
            Counts { passed: 2, failed: 1, skipped: 0 },
            Duration::from_secs(75),
            "",
        );
        report.missing("journeys, webkit", "no Xvfb on PATH");
        assert_eq!(closing_line(report.total()), "12 passed, 1 failed, 2 skipped");
        let table = report.table();
        assert!(
            table.contains("1.2 s") && table.contains("1m 15s") && table.contains("not run: no Xvfb"),
            "{table}"
        );
    }

    #[test]
    fn what_is_missing_fails_where_everything_must_run() {
        let mut report = Report { strict: true, ..Report::default() };
        report.missing("journeys, webkit", "no Xvfb on PATH");
        report.not_run("units in a browser", "there are none yet");
        assert_eq!(report.total(), Counts { passed: 0, failed: 1, skipped: 1 });
    }
}
