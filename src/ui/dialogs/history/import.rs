//! Files: what is saved, and what one would add.

use std::rc::Rc;

use super::History;
use crate::{
    browser::{El, Event, File, el, spawn},
    export::{
        json::{self, BadImport, Preview},
        split::{Part, Splitter},
    },
    grid::record::{BadRecord, Why, comparison::Head},
    ui::{
        comparison::stored::{self, Form},
        parts::{label_of, option, word_button},
        words::{Language, Word},
    },
};

/// So many lines of a preview say enough.
const MOST_LINES: usize = 100;

/// A file that was looked through, to be read again when it is added: never more of it than one comparison is in
/// memory.
pub struct Imported {
    file: File,
    /// What would be added, in the order of the file.
    good: Vec<Preview>,
    /// What cannot be: its title, or where in the file it stands, and why.
    bad: Vec<(Named, BadImport)>,
}

enum Named {
    Title(String),
    /// Counted from 1.
    Number(usize),
}

impl History {
    /// Saves all, or adds some.
    pub(super) fn files(self) -> El {
        let page = self.page;
        let all = word_button(page, &[("name", "export-all")], Word::ExportAll).act(move || {
            let ids = self.all_ids();
            spawn(async move { self.tell(stored::export(page, ids, Form::Whole, "tutti").await) });
        });
        let file =
            el("input").attrs(&[("type", "file"), ("name", "import"), ("accept", ".json,application/json")]);
        let file = label_of(file.on("change", move |event| self.import(&event)), page, Word::Import);
        let file = el("label").class("field").child(el("span").live(page.word(Word::Import))).child(file);
        el("div").class("row").child(all).child(file)
    }

    /// Writes it as a file of some form.
    pub(super) fn form(self, head: &Head) -> El {
        let page = self.page;
        let first = option("", move || Word::ExportAs.text(page.language.get()).to_owned(), || true);
        let forms =
            Form::ALL.map(|form| option(form.extension(), move || form.extension().to_owned(), || false));
        let (id, name) = (head.id, file_name(&head.title));
        let select =
            el("select").attr("name", "export").child(first).children(forms).on("change", move |event| {
                let chosen = event.value();
                event.set_value("");
                if let Some(form) = Form::ALL.into_iter().find(|form| form.extension() == chosen) {
                    let name = name.clone();
                    spawn(async move { self.tell(stored::export(page, vec![id], form, &name).await) });
                }
            });
        label_of(select, page, Word::ExportAs)
    }

    /// Reads a file, to show what it would add.
    fn import(self, event: &Event) {
        let Some(file) = event.file() else { return };
        event.set_value("");
        spawn(async move {
            let (mut splitter, mut good, mut bad) = (Splitter::default(), Vec::new(), Vec::new());
            let mut look = |parts: Vec<Part>| {
                for part in parts {
                    let read = match &part {
                        Ok(text) => json::read(text).map(|(_, preview)| preview),
                        Err(why) => Err(why.clone()),
                    };
                    let number = good.len() + bad.len() + 1;
                    match read {
                        Ok(preview) => good.push(preview),
                        Err(why) => {
                            let title = part.ok().and_then(|text| json::title(&text));
                            bad.push((title.map_or(Named::Number(number), Named::Title), why));
                        }
                    }
                }
            };
            let read = file.read(|bytes| {
                let mut parts = Vec::new();
                splitter.push(bytes, &mut parts);
                look(parts);
                true
            });
            let is_read = read.await.is_some();
            let mut parts = Vec::new();
            splitter.finish(&mut parts);
            look(parts);
            if !is_read || good.is_empty() {
                let language = self.page.language.get_untracked();
                let reason = bad.first().map(|(_, bad)| why(language, bad)).unwrap_or_default();
                return self.said.set([Word::NotImported.text(language), " ", &reason].concat());
            }
            self.said.set(String::new());
            self.imported.set(Some(Rc::new(Imported { file, good, bad })));
        });
    }

    /// Adds what can be, one after the other.
    async fn add(self, imported: Rc<Imported>) {
        let page = self.page;
        let mut known = stored::known(page).await;
        let mut splitter = Splitter::default();
        let is_read = imported.file.read_slowly(async |bytes| {
            let mut parts = Vec::new();
            splitter.push(bytes, &mut parts);
            for part in parts {
                if let Some((whole, _)) = part.ok().and_then(|text| json::read(&text).ok()) {
                    stored::add(page, &mut known, whole).await;
                }
            }
        });
        self.tell(is_read.await);
        self.read_all();
        page.focus_later(super::SEARCH.to_owned());
    }

    pub(super) fn preview(self) -> Vec<El> {
        let (page, language) = (self.page, self.page.language.get());
        let Some(imported) = self.imported.get() else { return Vec::new() };
        let more = |count: usize| {
            let more = count.saturating_sub(MOST_LINES);
            (more > 0).then(|| el("li").text(&Word::AndMore.with(language, &[&more.to_string()])))
        };
        let refused = |(named, bad): &(Named, BadImport)| {
            let name = match named {
                Named::Title(title) => ["“", title, "”"].concat(),
                Named::Number(number) => Word::NumberInFile.with(language, &[&number.to_string()]),
            };
            let text = Word::CannotAdd.with(language, &[&name, &why(language, bad)]);
            el("li").attrs(&[("class", "wrong"), ("dir", "auto")]).text(&text)
        };
        let line = |of: &Preview| {
            let counts = [of.rounds, of.columns, of.replies].map(|count| count.to_string());
            let [rounds, columns, replies] = &counts;
            let mut text = Word::WouldAdd.with(language, &[&of.title, rounds, columns, replies]);
            if of.switched_off > 0 {
                text.push(' ');
                text += &Word::SwitchedOff.with(language, &[&of.switched_off.to_string()]);
            }
            el("li").attr("dir", "auto").text(&text)
        };
        let Imported { good, bad, .. } = &*imported;
        let lines = bad.iter().take(MOST_LINES).map(refused).chain(more(bad.len()));
        let lines = lines.chain(good.iter().take(MOST_LINES).map(line)).chain(more(good.len()));
        let lines = lines.collect::<Vec<_>>();
        let add =
            word_button(page, &[("name", "add-imported"), ("class", "main")], Word::AddThem).act(move || {
                let Some(imported) = self.imported.get_untracked() else { return };
                self.imported.set(None);
                spawn(self.add(imported));
            });
        let cancel = word_button(page, &[("name", "cancel-import")], Word::Cancel).act(move || {
            self.imported.set(None);
            page.focus_later("#history [name=import]".to_owned());
        });
        let row = el("div").class("row").child(add).child(cancel);
        vec![el("div").class("preview").child(el("ul").children(lines)).child(row)]
    }
}

/// Why it cannot be added, in plain words.
fn why(language: Language, bad: &BadImport) -> String {
    let word = match bad {
        BadImport::Cut => Word::BadCut,
        BadImport::TooLarge => Word::BadTooLarge,
        BadImport::Foreign => Word::BadForeign,
        BadImport::Record(BadRecord { why: Why::Newer(_), .. }) => Word::BadNewer,
        BadImport::Record(bad) => {
            return [Word::BadDamaged.text(language), " (", &bad.place, ")"].concat();
        }
        BadImport::Syntax { .. } | BadImport::NotText | BadImport::TooDeep => Word::BadDamaged,
    };
    word.text(language).to_owned()
}

/// A name that every file system takes.
fn file_name(title: &str) -> String {
    let safe = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let name: String = safe.take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "tutti".to_owned() } else { name.to_owned() }
}
