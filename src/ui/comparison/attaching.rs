//! Files that the next prompt brings along: chosen, pasted, or dropped anywhere on the page.
//!
//! They belong to the next prompt only, and become the comparison's when it is sent.

use std::collections::BTreeMap;

use super::{Held, look, with};
use crate::{
    browser::{self, El, Event, File, button, el, on_window, picture, signal::*, spawn, thumbnail},
    grid::{
        comparison::{
            Comparison, FileId, ReplyId, RoundId,
            history::Bodies,
            round::{Attachment, FileInfo, FileKind},
        },
        estimate,
        files::{self, BadFile},
        record::Whole,
    },
    later::later,
    model::{answer::Answer, provider::Place},
    ui::{page::Page, panel::state::Panel, words::Word},
};

/// Something that the next prompt brings along.
#[derive(Clone)]
pub(super) enum Attached {
    /// An answer, or a file that an earlier prompt brought.
    Known(Attachment),
    File(FileInfo, String),
}

later! {
    /// Takes files that are dropped or pasted from now on.
    "13b1" pub fn take_files(page: Page) {
        let is_over = RwSignal::new(false);
        let field = el("input").attrs(&[("id", "files"), ("type", "file"), ("multiple", ""), ("hidden", "")]);
        let field = field.on("change", move |event| {
            let files = event.files();
            event.set_value("");
            take(page, files);
        });
        // It covers the page, so that the pointer leaves it only where it leaves the window.
        let zone = el("div")
            .attr("id", "drop-zone")
            .hidden(move || !is_over.get())
            .on("dragleave", move |_| is_over.set(false))
            .child(el("p").live(page.word(Word::DropHere)));
        browser::mount([field, zone]);
        on_window("dragenter", move |event| {
            if is_for_page(&event) {
                is_over.set(true);
            }
        });
        on_window("dragover", move |event| {
            if is_for_page(&event) {
                event.prevent();
            }
        });
        on_window("drop", move |event| {
            is_over.set(false);
            if is_for_page(&event) {
                event.prevent();
                take(page, event.files());
                page.focus_later("#prompt".to_owned());
            }
        });
        on_window("paste", move |event| {
            // Programs for texts and tables put a picture of what is copied beside its text.
            if is_for_page(&event) && !event.brings("text/plain") {
                event.prevent();
                take(page, event.files());
            }
        });
    } else {}

    /// Asks the person for files.
    "13b2" pub fn choose_files(_page: Page) {
        if let Some(field) = browser::find("#files") {
            field.click();
        }
    } else {}

    /// Whether the next prompt brings something along: then it need have no words of its own.
    "13b4" pub fn brings_something(page: Page) -> bool {
        look(page, |held| !held.attached.is_empty())
    } else {
        false
    }

    /// About how many tokens the next prompt brings along.
    "13b3" pub fn attached_tokens(page: Page) -> u64 {
        look(page, |held| held.attached_tokens(false))
    } else {
        0
    }
}

/// Files that no dialog asks for.
fn is_for_page(event: &Event) -> bool {
    event.brings("Files") && !event.is_within("dialog")
}

fn take(page: Page, files: Vec<File>) {
    spawn(async move {
        look(page, |held| held.refused.clear());
        for file in files {
            let name = match file.name() {
                name if name.is_empty() => "?".to_owned(),
                name => name,
            };
            let read = read(&file, &name).await;
            let has_room = with(page, |held| held.has_room(&read));
            let read = if has_room { read } else { Err(BadFile::NoRoom) };
            let is_picture = matches!(&read, Ok((info, _)) if info.kind == FileKind::Image);
            let language = page.language.get_untracked();
            with(page, |held| match read {
                Ok((info, content)) => held.attached.push(Attached::File(info, content)),
                Err(bad) => held.refused.push(why(bad).with(language, &[&name])),
            });
            page.attached.update(|count| *count += 1);
            if is_picture {
                ask_who_reads_pictures(page);
            }
        }
    });
}

async fn read(file: &File, name: &str) -> Result<(FileInfo, String), BadFile> {
    let media_type = file.media_type();
    if files::kind(&media_type) == FileKind::Image {
        let read = picture(file, files::scaled, files::MOST_PICTURE).await.ok_or(BadFile::Picture)?;
        return Ok((FileInfo::picture(name, read.media_type, read.size), read.data));
    }
    if file.size() > files::MOST_TEXT as f64 {
        return Err(BadFile::TooLong);
    }
    let mut bytes = Vec::new();
    let read = file.read(|piece| {
        bytes.extend_from_slice(piece);
        true
    });
    read.await.ok_or(BadFile::Binary)?;
    let text = files::text(bytes)?;
    let media_type = if media_type.is_empty() { "text/plain" } else { &media_type };
    Ok((FileInfo::text(name, media_type, &text), text))
}

fn why(bad: BadFile) -> Word {
    match bad {
        BadFile::Binary => Word::FileBinary,
        BadFile::TooLong => Word::FileTooLong,
        BadFile::Picture => Word::FilePicture,
        BadFile::NoRoom => Word::FilesFull,
    }
}

/// Providers' lists tell which models read pictures: each that can be asked is asked once.
fn ask_who_reads_pictures(page: Page) {
    let can_tell = |panel: &Panel| {
        let Ok(provider) = panel.settings.with_untracked(|settings| settings.provider()) else {
            return false;
        };
        let has_key = || page.shell().keys.get(&provider.base_url.origin()).is_some();
        match provider.place {
            Place::Simulated => false,
            Place::Local => true,
            Place::Cloud => has_key(),
        }
    };
    let panels = page.panels.get_untracked();
    let enabled = panels.iter().filter(|panel| untrack(|| panel.is_enabled()));
    enabled.filter(|panel| can_tell(panel)).for_each(|panel| page.list_models(panel, false));
}

/// What the next prompt brings along, each with a button that takes it away.
pub(super) fn attached(page: Page) -> El {
    let chips = el("div").class("row files").list(move || {
        page.attached.track();
        let language = page.language.get();
        look(page, |held| {
            let known = (0_usize..).zip(&held.attached);
            known.map(|(at, it)| chip(page, at, it, held, language)).collect()
        })
    });
    let refused = el("div").attr("role", "alert").list(move || {
        page.attached.track();
        let refused = look(page, |held| held.refused.clone());
        refused.iter().map(|text| el("p").class("wrong").text(text)).collect()
    });
    // A picture is too large for where the draft is kept.
    let passing = el("div").list(move || {
        page.attached.track();
        let is_passing = look(page, |held| held.attached.iter().any(|it| matches!(it, Attached::File(..))));
        let text = page.word(Word::FilesPass)();
        is_passing.then(|| el("p").class("hint").text(text)).into_iter().collect()
    });
    el("div").child(chips).child(passing).child(refused)
}

fn chip(page: Page, at: usize, it: &Attached, held: &Held, language: crate::ui::words::Language) -> El {
    let detach = move || {
        look(page, |held| {
            held.refused.clear();
            (at < held.attached.len()).then(|| held.attached.remove(at)).is_some()
        });
        page.attached.update(|count| *count += 1);
        page.focus_later("#prompt".to_owned());
    };
    let (shown, name) = match it {
        Attached::Known(Attachment::Answer { by, .. }) => {
            let text = Word::WithoutAnswer.with(language, &[by]);
            return button(&[("name", "detach")]).text(&text).act(detach);
        }
        Attached::Known(Attachment::File(id)) => {
            let info = held.whole.comparison.files().get(id.0 as usize);
            let content = held.whole.files.get(id).map_or("", String::as_str);
            (info.map(|info| file(info, content)), info.map_or("", |info| &info.name))
        }
        Attached::File(info, content) => (Some(file(info, content)), info.name.as_str()),
    };
    let says = Word::Detach.with(language, &[name]);
    let remove = button(&[("class", "icon"), ("name", "detach"), ("data-icon", "close")]);
    let remove = remove.attr("aria-label", &says).attr("title", &says).act(detach);
    el("span").class("file").children(shown).child(remove)
}

/// A file as it is shown: small, with its name.
fn file(info: &FileInfo, content: &str) -> El {
    let shown = (info.kind == FileKind::Image).then(|| thumbnail(&info.media_type, content));
    el("span").class("file").children(shown).child(el("span").attr("dir", "auto").text(&info.name))
}

/// What the prompt of that round brought along.
pub(super) fn of_round(page: Page, round: RoundId) -> Option<El> {
    look(page, |held| {
        let prompt = &held.whole.comparison.round(round)?.prompt;
        let shown = prompt.attachments.iter().filter_map(|it| match it {
            Attachment::File(id) => {
                let info = held.whole.comparison.files().get(id.0 as usize)?;
                Some(file(info, held.whole.files.get(id).map_or("", String::as_str)))
            }
            Attachment::Answer { by, .. } => Some(el("span").class("file").attr("dir", "auto").text(by)),
        });
        let shown: Vec<El> = shown.collect();
        (!shown.is_empty()).then(|| el("div").class("row files").children(shown))
    })
}

impl Held {
    fn has_room(&self, read: &Result<(FileInfo, String), BadFile>) -> bool {
        let coming = self.attached.iter().map(|it| match it {
            Attached::File(_, content) => content.len(),
            Attached::Known(_) => 0,
        });
        let known = self.whole.files.values().map(String::len);
        let more = read.as_ref().map_or(0, |(_, content)| content.len());
        coming.chain(known).sum::<usize>() + more <= files::MOST_OF_ALL
    }

    /// Takes the files out that no prompt has brought along yet.
    pub(super) fn unsent(&mut self) -> Vec<Attached> {
        self.attached.extract_if(.., |it| matches!(it, Attached::File(..))).collect()
    }

    /// Makes what the next prompt brings along the comparison's.
    pub(super) fn bring(&mut self) -> Vec<Attachment> {
        for it in &mut self.attached {
            if let Attached::File(info, content) = it
                && let Some(id) = self.whole.comparison.add_file(info.clone())
            {
                self.whole.files.insert(id, std::mem::take(content));
                self.unstored.push(id);
                *it = Attached::Known(Attachment::File(id));
            }
        }
        let known = self.attached.iter().filter_map(|it| match it {
            Attached::Known(it) => Some(it.clone()),
            Attached::File(..) => None,
        });
        let mut known: Vec<Attachment> = known.collect();
        for it in &mut known {
            // It may have been quoted while it still came.
            if let Attachment::Answer { of, text, .. } = it
                && self.whole.answers.contains_key(of)
            {
                *text = self.text(*of);
            }
        }
        known
    }

    /// The next prompt brings along what that of this round did.
    pub(super) fn attach_as_in(&mut self, round: RoundId) {
        let prompt = self.whole.comparison.round(round).map(|round| &round.prompt);
        let attachments = prompt.map(|prompt| prompt.attachments.clone()).unwrap_or_default();
        self.attached = attachments.into_iter().map(Attached::Known).collect();
    }

    pub(super) fn brings_pictures(&self) -> bool {
        self.attached.iter().any(|it| self.info(it).is_some_and(|info| info.kind == FileKind::Image))
    }

    fn info<'a>(&'a self, it: &'a Attached) -> Option<&'a FileInfo> {
        match it {
            Attached::File(info, _) => Some(info),
            Attached::Known(Attachment::File(id)) => self.whole.comparison.files().get(id.0 as usize),
            Attached::Known(Attachment::Answer { .. }) => None,
        }
    }

    /// About how many tokens the next prompt brings along, for a model that reads pictures or none.
    pub(super) fn attached_tokens(&self, is_blind: bool) -> u64 {
        let of = |it: &Attached| match (self.info(it), it) {
            (Some(info), _) if is_blind && info.kind == FileKind::Image => 0,
            (Some(info), _) => info.tokens,
            (None, Attached::Known(Attachment::Answer { text, .. })) => estimate::tokens(text),
            (None, _) => 0,
        };
        self.attached.iter().map(of).sum()
    }
}

/// The comparison as it would be with what is attached.
pub(super) struct Planned<'a> {
    pub comparison: Comparison,
    whole: &'a Whole,
    attached: &'a [Attached],
    coming: BTreeMap<FileId, &'a str>,
}

impl<'a> Planned<'a> {
    pub fn new(held: &'a Held) -> Self {
        let comparison = held.whole.comparison.clone();
        Self { comparison, whole: &held.whole, attached: &held.attached, coming: BTreeMap::new() }
    }

    pub fn attachments(&mut self) -> Vec<Attachment> {
        let mut attachments = Vec::new();
        for it in self.attached {
            match it {
                Attached::Known(it) => attachments.push(it.clone()),
                Attached::File(info, content) => {
                    if let Some(id) = self.comparison.add_file(info.clone()) {
                        self.coming.insert(id, content);
                        attachments.push(Attachment::File(id));
                    }
                }
            }
        }
        attachments
    }
}

impl Bodies for Planned<'_> {
    fn answer(&self, id: ReplyId, read: &mut dyn FnMut(&Answer)) {
        self.whole.answer(id, read);
    }

    fn file(&self, id: FileId, read: &mut dyn FnMut(&str)) {
        match self.coming.get(&id) {
            Some(content) => read(content),
            None => self.whole.file(id, read),
        }
    }
}
