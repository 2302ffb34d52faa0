//! The release page, ready for any static host.

use std::path::Path;

use crate::failure::{Failure, Outcome};
use crate::page::{self, Flavour};
use crate::place::Place;
use crate::weigh::FirstScreens;
use crate::{budget, csp, entry, offline, parts, words};

pub fn dist(place: &Place, arguments: &[&str]) -> Outcome {
    let origins = options(arguments)?;
    let folder = build(place)?;
    if !origins.is_empty() {
        entry::connect(&folder, &origins)?;
        offline::write(place, &folder)?;
        println!("The page may also call {}.", origins.join(" "));
    }
    println!("{}", check_weight(place, &folder)?);
    println!("The page is in {}: put that folder on any static host.", folder.display());
    Ok(())
}

/// The answer is the folder.
pub fn build(place: &Place) -> Outcome<std::path::PathBuf> {
    let folder = place.dist();
    println!("Building the release page into {} ...", folder.display());
    page::build(place, Flavour::Release, &folder)?;
    Ok(folder)
}

/// Shows what the first screen costs; a failure when that is too much.
pub fn check_weight(place: &Place, folder: &Path) -> Outcome<String> {
    let screens = FirstScreens::of(folder)?;
    print!("\nWhat is loaded when it is needed:\n{}", parts::weigh(place, folder)?);
    print!("{}", words::weigh(folder)?);
    print!("\nWhat the first screen loads:\n{}", screens.table());
    budget::judge(screens.heaviest(), budget::read(place, budget::FIRST_SCREEN)?)
}

fn options(arguments: &[&str]) -> Outcome<Vec<String>> {
    let mut origins = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--connect" => {
                let written = rest.next().ok_or_else(|| {
                    Failure::new(
                        "`--connect` is not followed by an origin.",
                        "Say for example `--connect https://llm.example.com`.",
                    )
                })?;
                origins.push(csp::origin(written)?);
            }
            other => {
                return Err(Failure::new(
                    format!("`dist` does not know `{other}`."),
                    "It knows `--connect <origin>`, as often as you like.",
                ));
            }
        }
    }
    Ok(origins)
}
