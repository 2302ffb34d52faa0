//! The baselines' own scripts and driver, which measure our page as they measure the others.
//!
//! Their folder is only read: what they build and write goes to a folder of work products.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::options::Options;
use crate::plan::{DELAY_MS, Kind, Page, Part, Workload};
use crate::record;

/// What stands in the page when it is ready, and where an answer stands in a panel.
const SEND: &str = "#send";
const PANEL: &str = "[data-panel] .reply";
/// Where it stands when it is one block without end. In every frame the driver reads the text of the last
/// element's last element, to find the end of an answer: of `PANEL`, that is the block, all of it, and the reading
/// of a long list is a quarter of what the page itself does.
const BLOCK: &str = "[data-panel] .reply > .box:last-child";

pub struct Harness<'a> {
    options: &'a Options,
    records: PathBuf,
    https: String,
}

/// The mock server; ends with its drop.
pub struct Server<'a>(&'a Harness<'a>);

impl<'a> Harness<'a> {
    /// Builds what is not there, and puts our page beside the others.
    pub fn ready(options: &'a Options) -> Result<Self, String> {
        let driver = options.baselines.join("harness").join("driver.mjs");
        if !driver.is_file() {
            return Err(format!("There is no {}.", driver.display()));
        }
        let https = std::env::var("BENCH_HTTPS").unwrap_or_else(|_| "8443".to_owned());
        let records = options.work.join(format!("page-{}.jsonl", seconds()));
        let harness = Self { options, records, https };
        let made = |path: &[&str]| path.iter().fold(options.work.clone(), |all, part| all.join(part));
        if !made(&["bin", "mockllm"]).is_file() || !made(&["www", "react-ai", "index.html"]).is_file() {
            println!("Building the baselines into {}, about 2 minutes ...", options.work.display());
            harness.must(harness.script("setup.sh").arg("--no-apt"))?;
        }
        let publish = r#". "$HERE/env.sh"; publish_ours > /dev/null"#;
        let mut bash = harness.command("bash");
        bash.args(["-c", publish]).env("HERE", &options.baselines).env("OURS", &options.files.dist);
        harness.must(&mut bash)?;
        Ok(harness)
    }

    pub fn records(&self) -> PathBuf {
        self.records.clone()
    }

    pub fn server(&'a self) -> Result<Server<'a>, String> {
        self.must(&mut self.script("start-mock.sh"))?;
        Ok(Server(self))
    }

    /// One run in a fresh browser. The answer is a line for the screen.
    pub fn run(&self, workload: &Workload, page: &Page) -> Result<String, String> {
        let url = format!("https://localhost:{}/{}/", self.https, page.path);
        let label = record::label(workload, page);
        let mut driver = self.command("node");
        driver.arg(self.options.baselines.join("harness").join("driver.mjs"));
        driver.args(["--label", &label, "--url", &url, "--corpus", workload.corpus]);
        for (name, value) in [
            ("--n", workload.panels),
            ("--tps", workload.rate),
            ("--tokens", workload.tokens),
            ("--timeout", workload.patience_s),
            ("--ttft", DELAY_MS as usize),
        ] {
            driver.args([name, &value.to_string()]);
        }
        driver.arg("--out").arg(&self.records);
        if !page.query.is_empty() {
            driver.args(["--extra", page.query]);
        }
        if page.kind == Kind::Ours {
            let answer = if workload.is_one_block() { BLOCK } else { PANEL };
            driver.args(["--runsel", SEND, "--sel", answer, "--hook"]).arg(&self.options.hook);
        }
        if let Some(model) = workload.beside {
            driver.env("TUTTI_BENCH_BESIDE", model);
        }
        if workload.part == Part::Load {
            driver.arg("--loadonly");
        }
        if workload.is_throttled {
            driver.args(["--net", "fast4g", "--cpu", "4"]);
        }
        let run = self.ran(&mut driver);
        Ok(match run {
            Ok(record) => sentence(&record),
            // One page that breaks is no reason to lose the others.
            Err(why) => format!("no result, {why}"),
        })
    }

    /// The record that a run has added.
    fn ran(&self, driver: &mut Command) -> Result<Value, String> {
        let lines = || std::fs::read_to_string(&self.records).unwrap_or_default();
        let before = lines().lines().count();
        let output = driver.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        let after = lines();
        let record = after.lines().nth(before).and_then(|line| serde_json::from_str(line).ok());
        record.ok_or_else(|| {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            said.lines().find(|line| line.contains("Error")).unwrap_or("the driver has failed").to_owned()
        })
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("BENCH_OUT", &self.options.work).env("BENCH_HTTPS", &self.https);
        command
    }

    fn script(&self, name: &str) -> Command {
        self.command(self.options.baselines.join(name))
    }

    fn must(&self, command: &mut Command) -> Result<(), String> {
        let name = Path::new(command.get_program()).display().to_string();
        match command.stdin(Stdio::null()).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{name} has failed ({status}); the lines above say why.")),
            Err(error) => Err(format!("{name} could not be started ({error}).")),
        }
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        // One that has ended already needs no ending.
        let _ = self.0.script("stop.sh").stdout(Stdio::null()).status();
    }
}

fn sentence(record: &Value) -> String {
    let figure = |figure: record::Figure| figure(record).map_or("-".to_owned(), |it| format!("{it:.1}"));
    if record["ok"].is_null() {
        return format!("{} bytes, interactive after {} ms", figure(record::load_bytes), figure(record::tti));
    }
    let busy = figure(record::other_cores);
    let (ok, errors) = (&record["ok"], record["errs"].as_array().filter(|errors| !errors.is_empty()));
    let errors = errors.map_or(String::new(), |errors| format!(", {}", errors[0]));
    format!(
        "{ok} finished, {} ms/frame, lag {} and {} ms, main {} s, others took {busy} cores{errors}",
        figure(record::ms_per_frame),
        figure(record::lag_p50),
        figure(record::lag_p99),
        figure(record::cpu_main),
    )
}

fn seconds() -> u64 {
    std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}
