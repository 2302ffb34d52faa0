//! What is measured, from the command line.

use tutti_bench_common::{Files, options};

const USAGE: &str = "\
usage: cargo xtask bench history [options]
  --comparisons <count>  how many (default 10000; 300 for a quick look)
  --kilobytes <count>    of text in the answers of each (default 100)
  --rounds <count>       how often the start and each search is measured (default 5)
  --print                leaves bench/README.md as it is";

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub comparisons: usize,
    pub kilobytes: usize,
    pub rounds: usize,
    pub files: Files,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut comparisons, mut kilobytes, mut rounds) = (10_000, 100, 5);
        let files = options(USAGE, args, |option, value| {
            match option {
                "--comparisons" => comparisons = value.at_least(20)?,
                "--kilobytes" => kilobytes = value.at_least(1)?,
                "--rounds" => rounds = value.at_least(1)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self { comparisons, kilobytes, rounds, files })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_say_what_is_measured() {
        let options = parse("--comparisons 300 --rounds 1 --readme x.md").unwrap();
        assert_eq!((options.comparisons, options.kilobytes, options.rounds), (300, 100, 1));
        assert_eq!(options.files.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().files.readme, None);
        for wrong in ["--comparisons", "--comparisons 5", "--rounds x", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
