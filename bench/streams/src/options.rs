//! What is measured, from the command line.

use tutti_bench_common::{Files, options};

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
    pub files: Files,
}

impl Options {
    pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let (mut streams, mut rounds, mut tokens, mut rate) = (vec![4, 100, 200], 3, 400, 50.0);
        let mut pages = vec![Page::Plain, Page::Tutti];
        let files = options(USAGE, args, |option, value| {
            match option {
                "--streams" => streams = value.counts()?,
                "--rounds" => rounds = value.at_least(1)?,
                "--tokens" => tokens = value.at_least(2)?,
                "--rate" => rate = value.at_least(1)? as f64,
                "--only" => pages = vec![Page::named(&value.text()?).ok_or(USAGE)?],
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self { streams, rounds, tokens, rate, pages, files })
    }

    /// How many of how many streams are stopped in a run of its own: half of the most.
    pub fn stopped(&self) -> Option<(usize, usize)> {
        let most = self.streams.iter().copied().max().filter(|most| *most > 1)?;
        self.pages.contains(&Page::Tutti).then_some((most, most / 2))
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
        let options = parse("--streams 2,8 --rounds 1 --only tutti --readme x.md").unwrap();
        assert_eq!((options.streams.as_slice(), options.rounds), (&[2, 8][..], 1));
        assert_eq!(options.pages, [Page::Tutti]);
        assert_eq!(options.stopped(), Some((8, 4)));
        assert_eq!(options.files.readme, Some(PathBuf::from("x.md")));
        assert_eq!(parse("--readme x.md --print").unwrap().files.readme, None);
        assert_eq!(parse("--only plain").unwrap().stopped(), None);
        for wrong in ["--streams", "--streams 4,0", "--rounds x", "--only react", "--tokens 1", "--fast 1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
