//! What was asked before: found, opened, put in order, carried away and brought back.
//!
//! - `list`: what stands where in the list, of which only what is seen is in the page
//! - `row`: a comparison in the list, an answer that was found, and what can be done with them
//! - `import`: files

mod import;
mod list;
mod row;

use std::rc::Rc;

use crate::{
    browser::{self, El, Finder, Hit, Said, el, signal::*, spawn, tick},
    grid::{comparison::Id, find::grouped, record::comparison::Head},
    ui::{
        comparison::stored,
        page::Page,
        panels::Undoable,
        parts::{input, label_of, placeholder, word_button},
        words::Word,
    },
};
use import::Imported;
use list::Entry;

/// The field for searching.
const SEARCH: &str = "#history [name=search-history]";

/// What the list knows.
#[derive(Clone, Copy)]
struct History {
    page: Page,
    /// By their numbers, which stay.
    heads: RwSignal<Vec<Option<Head>>>,
    is_read: RwSignal<bool>,
    /// What is read so far, while not all is.
    coming: StoredValue<Vec<(u32, Head)>>,
    words: RwSignal<String>,
    /// What the words are in, but for answers; `None` until that is known, or without words.
    found: RwSignal<Option<Vec<u32>>>,
    hits: RwSignal<Vec<Hit>>,
    /// How many comparisons were searched for answers, of how many, and whether that was all.
    searched: RwSignal<Option<(u32, u32, bool)>>,
    entries: Memo<Rc<Vec<Entry>>>,
    /// The part of the list that is seen, in its own unit.
    seen: RwSignal<(f32, f32)>,
    /// The row that the keyboard is in, by its key.
    active: RwSignal<Option<u32>>,
    /// The row that shows what can be done with it.
    opened: RwSignal<Option<u32>>,
    /// What would be added.
    imported: RwSignal<Option<Rc<Imported>>>,
    /// What the last act led to.
    said: RwSignal<String>,
    used: RwSignal<String>,
    finder: StoredValue<Option<Rc<Finder>>>,
}

pub fn history(page: Page) -> El {
    let (heads, found, words) = (RwSignal::default(), RwSignal::default(), RwSignal::default());
    let (hits, searched, opened) = (RwSignal::default(), RwSignal::default(), RwSignal::default());
    let entries = Memo::new(move || Rc::new(list::lay_out(heads, words, found, hits, searched, opened)));
    let it = History {
        page,
        heads,
        is_read: RwSignal::new(false),
        coming: StoredValue::default(),
        words,
        found,
        hits,
        searched,
        entries,
        seen: RwSignal::new((0.0, 60.0)),
        active: RwSignal::default(),
        opened,
        imported: RwSignal::default(),
        said: RwSignal::default(),
        used: RwSignal::default(),
        finder: StoredValue::new(None),
    };
    it.finder.set_value(Finder::start(move |said| it.hear(said)).map(Rc::new));
    it.read_all();
    it.measure();
    page.focus_later(SEARCH.to_owned());
    let search = input("search-history", "search")
        .value(move || it.words.get())
        .on("input", move |event| it.search(event.value()))
        .on("keydown", move |event| {
            if matches!(event.key().as_str(), "ArrowDown" | "Enter") && !event.composes() {
                event.prevent();
                it.enter_list();
            }
        });
    let search = placeholder(label_of(search, page, Word::SearchHistory), page, Word::SearchHistory);
    let is_over = move || it.searched.get().is_some_and(|(_, _, is_over)| is_over);
    let is_search = move || it.words.with(|words| !words.trim().is_empty());
    let is_empty = move || {
        it.is_read.get() && it.entries.with(|entries| entries.is_empty()) && (is_over() || !is_search())
    };
    let empty = el("p").class("hint").hidden(move || !is_empty()).live(move || {
        let word = if is_search() { Word::NothingFound } else { Word::HistoryEmpty };
        word.text(page.language.get())
    });
    let said = el("p").attrs(&[("class", "hint"), ("role", "status")]).live(move || it.said.get());
    let foot = el("div")
        .class("foot")
        .child(el("div").list(move || it.preview()))
        .child(el("div").class("row").child(said).child(it.undo()))
        .child(it.files())
        .child(el("p").class("hint").live(move || it.used.get()));
    el("div").class("inside history").child(search).child(it.scan()).child(empty).child(it.list()).child(foot)
}

impl History {
    /// Reads the list anew. Rows that stay the same stay as they are.
    fn read_all(self) {
        let page = self.page;
        spawn(async move {
            stored::settled(page).await;
            match self.finder.with_value(Clone::clone) {
                Some(finder) if !stored::is_in_memory() => finder.read_all(),
                // What could not be stored is in the page's memory.
                _ => self.read_here().await,
            }
        });
    }

    /// Without a worker: the page reads the list itself, and answers are not searched.
    async fn read_here(self) {
        let heads = stored::heads(self.page).await.unwrap_or_default();
        self.heads.set(heads.into_iter().map(Some).collect());
        self.is_read.set(true);
        self.search(self.words.get_untracked());
    }

    /// Reads that one anew, then moves the focus.
    async fn read(self, id: Id, focus: String) {
        stored::settled(self.page).await;
        match self.finder.with_value(Clone::clone) {
            Some(finder) => finder.read(id),
            None => self.read_here().await,
        }
        tick().await;
        browser::focus_first(&focus);
    }

    fn hear(self, said: Said) {
        match said {
            // They come in no order: the list is put in order once.
            Said::Heads(read) if !self.is_read.get_untracked() => {
                self.coming.try_update_value(|coming| coming.extend(read));
            }
            Said::Heads(read) => self.take(read),
            Said::Gone(numbers) if numbers.is_empty() => {}
            Said::Gone(numbers) => self.heads.update(|heads| {
                for number in numbers {
                    if let Some(place) = heads.get_mut(number as usize) {
                        *place = None;
                    }
                }
            }),
            Said::Read => {
                let read = self.coming.try_update_value(std::mem::take).unwrap_or_default();
                self.take(read);
                self.is_read.set(true);
                let words = self.words.get_untracked();
                if !words.trim().is_empty() {
                    self.search(words);
                }
            }
            Said::Found(numbers) => self.found.set(Some(numbers)),
            Said::Hits(found) => self.hits.update(|hits| hits.extend(found)),
            Said::Searched { done, of, is_over } => {
                self.searched.set(Some((done, of, is_over)));
                if is_over {
                    self.say_found();
                }
            }
            Said::Lost => {
                self.finder.set_value(None);
                spawn(self.read_here());
            }
        }
    }

    fn take(self, read: Vec<(u32, Head)>) {
        if read.is_empty() {
            return;
        }
        self.heads.update(|heads| {
            for (number, head) in read {
                let at = number as usize;
                if heads.len() <= at {
                    heads.resize(at + 1, None);
                }
                if let Some(place) = heads.get_mut(at) {
                    *place = Some(head);
                }
            }
        });
    }

    fn search(self, words: String) {
        self.words.set(words);
        self.hits.set(Vec::new());
        self.searched.set(None);
        self.opened.set(None);
        let words = self.words.get_untracked();
        let finder = self.finder.with_value(Clone::clone);
        match finder {
            Some(finder) => {
                finder.find(&words);
                if words.trim().is_empty() {
                    self.found.set(None);
                }
            }
            None if words.trim().is_empty() => self.found.set(None),
            None => {
                self.found.set(Some(self.heads.with_untracked(|heads| {
                    let heads = (0..).zip(heads).filter_map(|(number, head)| Some((number, head.as_ref()?)));
                    heads
                        .filter(|(_, head)| stored::matches(head, &words))
                        .map(|(number, _)| number)
                        .collect()
                })));
                // There is no more to come.
                self.searched.set(Some((0, 0, true)));
            }
        }
    }

    /// The answers are searched no further.
    fn stop(self) {
        if let Some(finder) = self.finder.with_value(Clone::clone) {
            finder.find("");
        }
        self.searched.update(|searched| {
            if let Some((_, _, is_over)) = searched {
                *is_over = true;
            }
        });
        self.say_found();
        self.page.focus_later(SEARCH.to_owned());
    }

    fn say_found(self) {
        let language = self.page.language.get_untracked();
        let Some((done, of, _)) = self.searched.get_untracked() else { return };
        let hits = self.hits.with_untracked(Vec::len).to_string();
        let text = Word::FoundInAnswers.with(language, &[&hits, &grouped(done), &grouped(of)]);
        self.said.set(text);
    }

    /// How far the answers are searched, and the button that ends it.
    fn scan(self) -> El {
        let page = self.page;
        let under_way = move || self.searched.get().filter(|(_, _, is_over)| !is_over);
        let bar = el("progress")
            .bind("max", move || self.searched.get().map(|(_, of, _)| of.max(1).to_string()))
            .bind("value", move || self.searched.get().map(|(done, ..)| done.to_string()));
        let bar = label_of(bar, page, Word::InAnswers);
        let text = el("span").class("hint").live(move || {
            let language = page.language.get();
            let said = |(done, of, _)| Word::SearchingAnswers.with(language, &[&grouped(done), &grouped(of)]);
            under_way().map(said).unwrap_or_default()
        });
        let stop = word_button(page, &[("name", "stop-search")], Word::Stop).act(move || self.stop());
        el("div").class("row scan").hidden(move || under_way().is_none()).child(bar).child(text).child(stop)
    }

    fn tell(self, is_done: bool) {
        self.say(if is_done { Word::AllDone } else { Word::NotAll });
    }

    fn say(self, word: Word) {
        self.said.set(word.text(self.page.language.get_untracked()).to_owned());
    }

    fn head(self, number: u32) -> Option<Head> {
        self.heads.with(|heads| heads.get(number as usize).cloned().flatten())
    }

    fn all_ids(self) -> Vec<Id> {
        self.heads.with_untracked(|heads| heads.iter().flatten().map(|head| head.id).collect())
    }

    /// What was deleted last is brought back.
    fn undo(self) -> El {
        let page = self.page;
        let taken = move || {
            page.undoable.with(|steps| match steps.first() {
                Some(Undoable::Stored(title, _)) => Some(title.clone()),
                _ => None,
            })
        };
        let text = move || {
            taken().map(|title| Word::UndoRemoval.with(page.language.get(), &[&title])).unwrap_or_default()
        };
        browser::button(&[("name", "undo-delete")]).hidden(move || taken().is_none()).live(text).act(
            move || {
                page.undo();
                self.said.set(String::new());
                spawn(async move {
                    // What brings it back has begun by then.
                    tick().await;
                    self.read_all();
                });
                page.focus_later(SEARCH.to_owned());
            },
        )
    }

    fn measure(self) {
        spawn(async move {
            if let Some((bytes, _)) = browser::usage().await {
                let language = self.page.language.get_untracked();
                self.used.set(Word::Used.with(language, &[&size(bytes)]));
            }
        });
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn size(bytes: f64) -> String {
    let kilobytes = (bytes / 1_000.0).clamp(1.0, 4e9) as u32;
    match kilobytes {
        0..1_000 => [&*kilobytes.to_string(), " kB"].concat(),
        1_000..1_000_000 => [&*(kilobytes / 1_000).to_string(), " MB"].concat(),
        _ => [&*(kilobytes / 1_000_000).to_string(), ".", &*(kilobytes / 100_000 % 10).to_string(), " GB"]
            .concat(),
    }
}
