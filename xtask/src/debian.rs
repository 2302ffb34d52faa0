//! What tests need from the system. On Debian, root gets it installed; everybody else is told the line to run.

use std::path::Path;
use std::process::Command;

use crate::engine::Engine;
use crate::failure::Outcome;
use crate::place::Place;
use crate::run;

/// Without these, Korean, Japanese and emoji are boxes on the pictures that journeys take.
const FONTS: [(&str, &str); 2] = [
    ("fonts-noto-cjk", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    ("fonts-noto-color-emoji", "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
];

/// Installs what is missing for these engines, or says how to. `node` too where a page is built.
pub fn provide(place: &Place, engines: &[Engine], node: bool) -> Outcome {
    let missing = missing(engines, node);
    if missing.is_empty() {
        return Ok(());
    }
    let install = "apt-get install -y --no-install-recommends";
    if !is_debian() {
        println!(
            "Not all of the tests can run here; this is how Debian gets what is missing: {install} {}",
            missing.join(" ")
        );
        return Ok(());
    }
    if !is_root() {
        println!(
            "Not all of the tests can run here; this line installs what is missing: sudo {install} {}",
            missing.join(" ")
        );
        return Ok(());
    }
    println!("Installing {} with apt-get, about 2 minutes, once ...", missing.join(" "));
    let apt = |arguments: &[&str], log: &str| {
        let mut apt = Command::new("apt-get");
        // Something else on a fresh machine may hold the lock for a while.
        apt.args(["-o", "DPkg::Lock::Timeout=300"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        run::must_into_log(&mut apt, &place.log(log), &format!("`apt-get {}` failed.", arguments.join(" ")))
    };
    apt(&["update"], "apt-update")?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(missing);
    apt(&arguments, "apt-install")
}

fn missing(engines: &[Engine], node: bool) -> Vec<&'static str> {
    let mut packages: Vec<&str> = Vec::new();
    packages.extend(
        engines.iter().filter(|engine| engine.lacks().is_some()).flat_map(|engine| engine.packages()),
    );
    if !engines.is_empty() && cfg!(target_os = "linux") {
        packages
            .extend(FONTS.iter().filter(|(_, file)| !Path::new(file).exists()).map(|(package, _)| package));
    }
    if node {
        packages.extend(
            [("nodejs", "node"), ("npm", "npm")]
                .iter()
                .filter(|(_, program)| run::on_path(&[program]).is_none())
                .map(|(package, _)| package),
        );
    }
    packages
}

/// Not its relatives: Ubuntu's chromium and firefox are no packages but snaps.
fn is_debian() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian") && run::on_path(&["apt-get"]).is_some()
}

fn is_root() -> bool {
    run::answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}
