//! Writes the pack of every language into a folder, and the licences of the grammars.

use std::{env, fs, io, path::PathBuf};

use tutti_highlight::{languages, packs::Packer};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("say the folder to write into"))?;
    fs::create_dir_all(&folder)?;
    let packer = Packer::new()?;
    for language in languages::ALL {
        fs::write(folder.join(format!("{}.pack", language.name)), packer.pack(language)?)?;
    }
    fs::write(folder.join("licences.md"), two_face::acknowledgement::listing().to_md())
}
