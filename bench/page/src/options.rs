//! What is measured, from the command line.

use std::path::PathBuf;

use tutti_bench_common::{Files, options};

use crate::plan::Part;

pub const USAGE: &str = "\
usage: cargo xtask bench page [options]
  --rounds <count>     how often each is measured (default 3)
  --only <parts>       of sweep,shapes,block,load; several with commas
  --streams <counts>   of the sweep, e.g. 8,200 (default 8,32,200)
  --quick              our page beside vanilla-best alone
  --print              leaves bench/README.md as it is
  --report <file>      measures nothing: the tables of the records in that file";

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub rounds: usize,
    pub parts: Vec<Part>,
    pub streams: Vec<usize>,
    pub is_quick: bool,
    pub files: Files,
    /// The folder of the baselines.
    pub baselines: PathBuf,
    /// Where the baselines are built, and records are kept.
    pub work: PathBuf,
    /// How the driver sets our page up.
    pub hook: PathBuf,
    pub report_of: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut rounds, mut parts, mut streams) = (3, Part::ALL.to_vec(), vec![8, 32, 200]);
        let (mut is_quick, mut report_of) = (false, None);
        let (mut baselines, mut work, mut hook) = (PathBuf::new(), PathBuf::new(), PathBuf::new());
        let files = options(USAGE, args, |option, value| {
            match option {
                "--rounds" => rounds = value.at_least(1)?,
                "--only" => {
                    let named = |name| Part::named(name).ok_or_else(|| USAGE.to_owned());
                    parts = value.text()?.split(',').map(named).collect::<Result<_, _>>()?;
                }
                "--streams" => streams = value.counts()?,
                "--quick" => is_quick = true,
                "--baselines" => baselines = value.text()?.into(),
                "--work" => work = value.text()?.into(),
                "--hook" => hook = value.text()?.into(),
                "--report" => report_of = Some(value.text()?.into()),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self { rounds, parts, streams, is_quick, files, baselines, work, hook, report_of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_say_what_is_measured() {
        let options = parse("--rounds 1 --only load,sweep --streams 2,8 --readme x.md --quick").unwrap();
        assert_eq!((options.rounds, options.streams.as_slice(), options.is_quick), (1, &[2, 8][..], true));
        assert_eq!(options.parts, [Part::Load, Part::Sweep]);
        assert_eq!(options.files.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().files.readme, None);
        for wrong in ["--rounds", "--rounds 0", "--only speed", "--streams 8,x", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
