//! What is measured, from the command line.

use std::path::PathBuf;

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
    /// The built page.
    pub dist: PathBuf,
    /// The folder of the baselines.
    pub baselines: PathBuf,
    /// Where the baselines are built, and records are kept.
    pub work: PathBuf,
    /// How the driver sets our page up.
    pub hook: PathBuf,
    /// The file that holds the tables; `None` only prints them.
    pub readme: Option<PathBuf>,
    pub report_of: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 3,
            parts: Part::ALL.to_vec(),
            streams: vec![8, 32, 200],
            is_quick: false,
            dist: PathBuf::from("dist"),
            baselines: PathBuf::new(),
            work: PathBuf::new(),
            hook: PathBuf::new(),
            readme: None,
            report_of: None,
        };
        let mut is_printed_only = false;
        let mut args = args.into_iter();
        while let Some(option) = args.next() {
            match option.as_str() {
                "--print" => is_printed_only = true,
                "--quick" => options.is_quick = true,
                _ => options.set(&option, &args.next().ok_or(USAGE)?)?,
            }
        }
        if is_printed_only {
            options.readme = None;
        }
        Ok(options)
    }

    fn set(&mut self, option: &str, value: &str) -> Result<(), String> {
        match option {
            "--rounds" => self.rounds = count(value)?,
            "--only" => {
                let parts = value.split(',').map(|name| Part::named(name).ok_or_else(|| USAGE.to_owned()));
                self.parts = parts.collect::<Result<_, _>>()?;
            }
            "--streams" => self.streams = value.split(',').map(count).collect::<Result<_, _>>()?,
            "--dist" => self.dist = value.into(),
            "--baselines" => self.baselines = value.into(),
            "--work" => self.work = value.into(),
            "--hook" => self.hook = value.into(),
            "--readme" => self.readme = Some(value.into()),
            "--report" => self.report_of = Some(value.into()),
            _ => return Err(USAGE.to_owned()),
        }
        Ok(())
    }
}

fn count(value: &str) -> Result<usize, String> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{value} is no number from 1 on\n\n{USAGE}"))
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
        assert_eq!(options.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().readme, None);
        for wrong in ["--rounds", "--rounds 0", "--only speed", "--streams 8,x", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
