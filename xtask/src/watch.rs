//! Rebuilds the page when its sources change. Looks at dates twice a second: slower than asking the
//! system to tell, but it needs nothing and works on every file system.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::page::{self, Flavour};
use crate::place::Place;

const WATCHED: [&str; 9] = [
    "src",
    "style",
    "embed",
    "index.html",
    "boot.js",
    "recovery.html",
    "recovery.js",
    "Trunk.toml",
    "Cargo.toml",
];
const PAUSE: Duration = Duration::from_millis(500);

/// Does not end.
pub fn rebuild_on_change(place: &Place, into: &Path) {
    println!("It is rebuilt when a source changes; then reload the page.");
    let watched: Vec<PathBuf> = WATCHED.iter().map(|name| place.root.join(name)).collect();
    let mut seen = state(&watched);
    loop {
        std::thread::sleep(PAUSE);
        let now = state(&watched);
        if now == seen {
            continue;
        }
        // What changes during the build starts another one.
        seen = now;
        let start = Instant::now();
        match page::build(place, Flavour::Served, into) {
            Ok(()) => println!("Rebuilt in {:.1} s: reload the page.", start.elapsed().as_secs_f32()),
            Err(failure) => eprintln!("{failure}"),
        }
    }
}

/// How many files there are, and the latest date: changes when a file is edited, added or removed.
fn state(paths: &[PathBuf]) -> (usize, Option<SystemTime>) {
    let mut files = 0;
    let mut latest = None;
    let mut waiting: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = waiting.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            waiting.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
        } else if let Ok(about) = path.metadata() {
            files += 1;
            latest = latest.max(about.modified().ok());
        }
    }
    (files, latest)
}
