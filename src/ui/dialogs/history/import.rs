//! Files: what is saved, and what one would add.

use std::rc::Rc;

use super::History;
use crate::{
    browser::{El, Event, el, spawn},
    export::{
        json::{self, BadImport, Preview},
        split::Splitter,
    },
    grid::record::{Whole, comparison::Head},
    ui::{
        comparison::stored::{self, Form},
        parts::{label_of, option, word_button},
        words::Word,
    },
};

pub type Imported = Vec<(Whole, Preview)>;

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
            let (mut splitter, mut found, mut bad) = (Splitter::default(), Vec::new(), None::<BadImport>);
            let read = file.read(|bytes| {
                let mut texts = Vec::new();
                let mut take = || {
                    splitter.push(bytes, &mut texts)?;
                    for text in texts.drain(..) {
                        found.push(json::read(&text)?);
                    }
                    Ok(())
                };
                bad = take().err();
                bad.is_none()
            });
            let is_read = read.await.is_some() && splitter.finish().is_ok();
            if !is_read || found.is_empty() {
                return self.say(Word::NotImported);
            }
            self.said.set(String::new());
            self.imported.set(Some(Rc::new(found)));
        });
    }

    pub(super) fn preview(self) -> Vec<El> {
        let (page, language) = (self.page, self.page.language.get());
        let Some(imported) = self.imported.get() else { return Vec::new() };
        let line = |(_, of): &(Whole, Preview)| {
            let counts = [of.rounds, of.columns, of.replies].map(|count| count.to_string());
            let [rounds, columns, replies] = &counts;
            let mut text = Word::WouldAdd.with(language, &[&of.title, rounds, columns, replies]);
            if of.switched_off > 0 {
                text.push(' ');
                text += &Word::SwitchedOff.with(language, &[&of.switched_off.to_string()]);
            }
            el("li").attr("dir", "auto").text(&text)
        };
        let lines = imported.iter().map(line).collect::<Vec<_>>();
        let add =
            word_button(page, &[("name", "add-imported"), ("class", "main")], Word::AddThem).act(move || {
                let imported = self.imported.get_untracked().unwrap_or_default();
                self.imported.set(None);
                spawn(async move {
                    let all = imported.iter().map(|(whole, _)| whole.clone()).collect();
                    stored::add(page, all).await;
                    self.read_all();
                    page.focus_later(super::SEARCH.to_owned());
                });
            });
        let cancel = word_button(page, &[("name", "cancel-import")], Word::Cancel).act(move || {
            self.imported.set(None);
            page.focus_later("#history [name=import]".to_owned());
        });
        let row = el("div").class("row").child(add).child(cancel);
        vec![el("div").class("preview").child(el("ul").children(lines)).child(row)]
    }
}

/// A name that every file system takes.
fn file_name(title: &str) -> String {
    let safe = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let name: String = safe.take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "tutti".to_owned() } else { name.to_owned() }
}
