//! What is measured, from the command line.

use std::path::PathBuf;

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
    /// The built page.
    pub dist: PathBuf,
    /// The file that holds the table; `None` only prints it.
    pub readme: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            comparisons: 10_000,
            kilobytes: 100,
            rounds: 5,
            dist: PathBuf::from("dist"),
            readme: None,
        };
        let mut is_printed_only = false;
        let mut args = args.into_iter();
        while let Some(option) = args.next() {
            if option == "--print" {
                is_printed_only = true;
                continue;
            }
            let value = args.next().ok_or(USAGE)?;
            match option.as_str() {
                "--comparisons" => options.comparisons = at_least(20, &value)?,
                "--kilobytes" => options.kilobytes = at_least(1, &value)?,
                "--rounds" => options.rounds = at_least(1, &value)?,
                "--dist" => options.dist = value.into(),
                "--readme" => options.readme = Some(value.into()),
                _ => return Err(USAGE.to_owned()),
            }
        }
        if is_printed_only {
            options.readme = None;
        }
        Ok(options)
    }
}

fn at_least(least: usize, value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| *number >= least);
    number.ok_or_else(|| format!("{value} is no number from {least} on\n\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_say_what_is_measured() {
        let options = parse("--comparisons 300 --rounds 1 --readme x.md").unwrap();
        assert_eq!((options.comparisons, options.kilobytes, options.rounds), (300, 100, 1));
        assert_eq!(options.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().readme, None);
        for wrong in ["--comparisons", "--comparisons 5", "--rounds x", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
