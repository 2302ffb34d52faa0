//! `cargo xtask <command>`: set-up and chores, in Rust, so that no shell is needed.
//!
//! # Layout, in reading order
//! - [`failure`]: what a command says when it cannot go on
//! - [`place`]: the folders: checkout, cache, target, pages
//! - [`run`]: starts other programs; [`tools`]: gets the pinned ones; [`rust_target`]: gets the wasm target
//! - [`page`]: builds the page, [`parts`] what it loads when it needs it, [`entry`] its two entry pages, [`split`] cuts a release in two, [`trim`] takes the words of panics out of it, [`short_names`] shortens names, [`names`] says what is in a file, [`offline`] keeps the page for when there is no network; [`serve`], [`static_files`], [`watch`]: show it
//! - [`dist`]: the release page, with [`csp`] for own hosts, [`weigh`] and [`budget`] for its size
//! - [`mod@test`]: all tests, [`journeys`] among them, several at once ([`turns`]), with [`browsers`], [`engine`], [`debian`] for what they need and [`tally`] for the counts
//! - [`ci`]: checks, then tests; [`size`] with [`wasm_file`], [`mod@bench`] and [`fuzz`]: what their commands do

mod bench;
mod browsers;
mod budget;
mod ci;
mod csp;
mod debian;
mod dist;
mod engine;
mod entry;
mod failure;
mod fuzz;
mod journeys;
mod locals;
mod names;
mod offline;
mod order;
mod page;
mod parts;
mod place;
mod run;
mod rust_target;
mod serve;
mod short_names;
mod size;
mod split;
mod static_files;
mod tally;
mod test;
mod tools;
mod trim;
mod turns;
mod wasm_bytes;
mod wasm_code;
mod wasm_file;
mod watch;
mod weigh;
mod words;

use std::process::ExitCode;

use failure::{Failure, Outcome};
use place::Place;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--watch]     build the page and show it on this computer
  test                           all tests, the fastest first; journeys in all browsers at once
       [--only native|web|journeys] [--engine chromium|firefox|webkit] [--filter <part of a name>]
  ci                             formatting, lints, docs, licences, then all of `test`
  dist [--connect <origin>]...   the release page, into dist/; fails over its size budget
  size                           which crate takes how much of the wasm
  bench                          all of these, about two hours:
  bench decode [arguments]       how fast bytes are decoded
  bench streams                  the page with 4, 100 and 200 streams, beside a plain one, in Chromium
  bench page [--help]            the page beside React and plain JavaScript pages, in Chromium
  bench kill                     200 browsers killed while answers stream, in Chromium and Firefox: what is lost
  bench quick                    the same with one round, beside the best plain one alone
  fuzz [target] [--seconds N]    throws random bytes at every parser (600 s each)
  clean-tools                    removes the tools that the commands above have installed
  help                           this text

Tools are built once and kept in the cache folder of your user; TUTTI_CACHE names another.
";

fn main() -> ExitCode {
    if split::stands_in() {
        return or_say(split::stand_in());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    or_say(obey(&arguments))
}

fn or_say(outcome: Outcome<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        eprintln!("\n{failure}");
        ExitCode::FAILURE
    })
}

fn obey(arguments: &[&str]) -> Outcome<ExitCode> {
    let (command, rest) = match arguments {
        [] => ("help", arguments),
        [command, rest @ ..] => (*command, rest),
    };
    match command {
        "test" => return test::test(&Place::find()?, rest),
        "ci" => return ci::ci(&Place::find()?, rest),
        "serve" => serve::serve(&Place::find()?, rest)?,
        "dist" => dist::dist(&Place::find()?, rest)?,
        "size" => size::size(&Place::find()?)?,
        "bench" => bench::bench(&Place::find()?, rest)?,
        "fuzz" => fuzz::fuzz(&Place::find()?, rest)?,
        "clean-tools" => tools::clean(&Place::find()?)?,
        "help" | "--help" | "-h" => print!("{HELP}"),
        other => {
            return Err(Failure::new(
                format!("`{other}` is not a command."),
                "`cargo xtask help` lists the commands.",
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
