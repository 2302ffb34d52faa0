//! What was asked before: found, opened, put in order, carried away and brought back.

use std::rc::Rc;

use crate::{
    browser::{self, El, Event, el, signal::*, spawn},
    export::{
        json::{self, BadImport, Preview},
        split::Splitter,
    },
    grid::{
        comparison::Id,
        record::{Whole, comparison::Head},
    },
    ui::{
        comparison::stored::{self, Form},
        page::Page,
        parts::{input, label_of, option, placeholder, word_button},
        words::Word,
    },
};

/// So many are shown at once; more are found by searching.
const MOST_SHOWN: usize = 200;
/// In characters.
const LONGEST_NAME: usize = 200;

type Imported = Vec<(Whole, Preview)>;

/// The field for searching.
const SEARCH: &str = "#history [name=search-history]";

/// What the dialog knows.
#[derive(Clone, Copy)]
struct History {
    page: Page,
    /// `None` until the store was read.
    heads: RwSignal<Option<Rc<Vec<Head>>>>,
    search: RwSignal<String>,
    /// What would be added.
    imported: RwSignal<Option<Rc<Imported>>>,
    /// What the last act led to.
    said: RwSignal<&'static str>,
}

pub fn history(page: Page) -> El {
    let it = History {
        page,
        heads: RwSignal::new(None),
        search: RwSignal::new(String::new()),
        imported: RwSignal::new(None),
        said: RwSignal::new(""),
    };
    it.read(SEARCH.to_owned());
    let search = input("search-history", "search")
        .value(move || it.search.get())
        .on("input", move |event| it.search.set(event.value()));
    let search = placeholder(label_of(search, page, Word::SearchHistory), page, Word::SearchHistory);
    let list = el("ul").class("list").list(move || it.items());
    let is_empty = move || it.heads.with(|heads| heads.as_ref().is_some_and(|heads| heads.is_empty()));
    let empty = el("p").class("hint").hidden(move || !is_empty()).live(page.word(Word::HistoryEmpty));
    let all = word_button(page, &[("name", "export-all")], Word::ExportAll).act(move || {
        let ids =
            it.heads.with_untracked(|heads| heads.iter().flat_map(|it| it.iter()).map(|it| it.id).collect());
        spawn(async move { it.tell(stored::export(page, ids, Form::Whole, "tutti").await) });
    });
    let file =
        el("input").attrs(&[("type", "file"), ("name", "import"), ("accept", ".json,application/json")]);
    let file = label_of(file.on("change", move |event| it.import(&event)), page, Word::Import);
    let file = el("label").class("field").child(el("span").live(page.word(Word::Import))).child(file);
    let said = el("p").attrs(&[("class", "hint"), ("role", "status")]).live(move || it.said.get());
    el("div")
        .class("inside history")
        .child(search)
        .child(list)
        .child(empty)
        .child(el("div").list(move || it.preview()))
        .child(el("div").class("row").child(all).child(file))
        .child(said)
}

impl History {
    /// Reads the list anew; then the focus goes there, for the rows are made anew too.
    fn read(self, focus: String) {
        spawn(async move {
            let heads = stored::heads(self.page).await;
            self.heads.set(Some(Rc::new(heads.unwrap_or_default())));
            self.page.focus_later(focus);
        });
    }

    fn tell(self, is_done: bool) {
        let word = if is_done { Word::AllDone } else { Word::NotAll };
        self.said.set(word.text(self.page.language.get_untracked()));
    }

    fn items(self) -> Vec<El> {
        let words = self.search.get();
        let heads = self.heads.get().unwrap_or_default();
        let found = heads.iter().filter(|head| stored::matches(head, &words));
        found.take(MOST_SHOWN).map(|head| self.item(head)).collect()
    }

    fn item(self, head: &Head) -> El {
        let (page, id) = (self.page, head.id);
        let language = page.language.get();
        let title = input("title", "text")
            .attrs(&[("dir", "auto"), ("value", &head.title)])
            .on("change", move |event| self.rename(id, &event));
        let title = label_of(title, page, Word::Title);
        let when = browser::date_text(head.changed_ms, language.tag());
        let mut about = vec![when, head.models.join(", ")];
        if head.was_cut {
            about.push(Word::EndIncomplete.text(language).to_owned());
        }
        let about = el("p").attrs(&[("class", "hint"), ("dir", "auto")]).text(&about.join(" · "));
        let open = word_button(page, &[("name", "open")], Word::Open).act(move || {
            spawn(async move {
                match stored::show(page, id).await {
                    true => page.dialog.set(None),
                    false => self.said.set(Word::NotOpened.text(page.language.get_untracked())),
                }
            });
        });
        let is_pinned = head.is_pinned;
        let pin = word_button(page, &[("name", "pin")], Word::Pin)
            .state("aria-pressed", move || is_pinned)
            .act(move || {
                spawn(async move {
                    stored::change(page, id, |it| it.is_pinned = !it.is_pinned).await;
                    self.read(in_row(id, "pin"));
                });
            });
        let copy = word_button(page, &[("name", "duplicate")], Word::Duplicate).act(move || {
            spawn(async move {
                stored::duplicate(page, id).await;
                self.read(in_row(id, "duplicate"));
            });
        });
        let taken = head.clone();
        let delete = word_button(page, &[("name", "delete")], Word::Delete).act(move || {
            let taken = taken.clone();
            spawn(async move {
                match stored::take(page, &taken).await {
                    true => self.read(SEARCH.to_owned()),
                    false => self.said.set(Word::NotOpened.text(page.language.get_untracked())),
                }
            });
        });
        let row = el("div").class("row").children([open, pin, copy, self.form(head), delete]);
        el("li").attr("data-comparison", &id.to_string()).child(title).child(about).child(row)
    }

    fn rename(self, id: Id, event: &Event) {
        let name: String = event.value().trim().chars().take(LONGEST_NAME).collect();
        let page = self.page;
        spawn(async move {
            stored::change(page, id, |it| it.name = name).await;
            self.read(in_row(id, "open"));
        });
    }

    /// Writes it as a file of some form.
    fn form(self, head: &Head) -> El {
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
        let language = self.page.language.get_untracked();
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
                return self.said.set(Word::NotImported.text(language));
            }
            self.said.set("");
            self.imported.set(Some(Rc::new(found)));
        });
    }

    fn preview(self) -> Vec<El> {
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
                    self.read(SEARCH.to_owned());
                });
            });
        let cancel = word_button(page, &[("name", "cancel-import")], Word::Cancel)
            .act(move || self.imported.set(None));
        let row = el("div").class("row").child(add).child(cancel);
        vec![el("div").class("preview").child(el("ul").children(lines)).child(row)]
    }
}

/// A button in the row of a comparison.
fn in_row(id: Id, name: &str) -> String {
    format!("[data-comparison=\"{id}\"] [name={name}]")
}

/// A name that every file system takes.
fn file_name(title: &str) -> String {
    let safe = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' });
    let name: String = safe.take(60).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "tutti".to_owned() } else { name.to_owned() }
}
