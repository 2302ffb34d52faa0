//! What is measured, from the command line.

use std::path::PathBuf;

use crate::measure::Page;

const USAGE: &str = "\
usage: cargo xtask bench streams [options]
  --streams <counts>   how many streams at once, e.g. 4,100,200 (the default)
  --rounds <count>     how often each is measured (default 3)
  --tokens <count>     of each stream (default 400)
  --rate <number>      tokens per second of each stream (default 50)
  --only <page>        tutti or plain
  --print              leaves bench/README.md as it is";

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub streams: Vec<usize>,
    pub rounds: usize,
    pub tokens: usize,
    pub rate: f64,
    pub pages: Vec<Page>,
    /// The built page.
    pub dist: PathBuf,
    /// The file that holds the table; `None` only prints it.
    pub readme: Option<PathBuf>,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            streams: vec![4, 100, 200],
            rounds: 3,
            tokens: 400,
            rate: 50.0,
            pages: vec![Page::Plain, Page::Tutti],
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
                "--streams" => {
                    let counts = value.split(',').map(|count| at_least(1, count));
                    options.streams = counts.collect::<Result<_, _>>()?;
                }
                "--rounds" => options.rounds = at_least(1, &value)?,
                "--tokens" => options.tokens = at_least(2, &value)?,
                "--rate" => options.rate = at_least(1, &value)? as f64,
                "--only" => options.pages = vec![Page::named(&value).ok_or(USAGE)?],
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

    /// How many of how many streams are stopped in a run of its own: half of the most.
    pub fn stopped(&self) -> Option<(usize, usize)> {
        let most = self.streams.iter().copied().max().filter(|most| *most > 1)?;
        self.pages.contains(&Page::Tutti).then_some((most, most / 2))
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
        let options = parse("--streams 2,8 --rounds 1 --only tutti --readme x.md").unwrap();
        assert_eq!((options.streams.as_slice(), options.rounds), (&[2, 8][..], 1));
        assert_eq!(options.pages, [Page::Tutti]);
        assert_eq!(options.stopped(), Some((8, 4)));
        assert_eq!(options.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().readme, None);
        assert_eq!(parse("--only plain").unwrap().stopped(), None);
        for wrong in ["--streams", "--streams 4,0", "--rounds x", "--only react", "--tokens 1", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
