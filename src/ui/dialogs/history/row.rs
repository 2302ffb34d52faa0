//! A comparison in the list, an answer that was found, and what can be done with them.

use super::{
    History, SEARCH,
    list::{Kind, open_button, rem},
};
use crate::{
    browser::{self, El, Event, button, el, signal::*, spawn},
    grid::{comparison::Id, record::comparison::Head},
    ui::{
        comparison::{self, stored},
        parts::{icon_button, input, label_of, word_button},
        words::Word,
    },
};

/// In characters.
const LONGEST_NAME: usize = 200;

impl History {
    pub(super) fn row(self, key: u32) -> El {
        let Some(entry) = untrack(|| self.entry(key)) else { return el("li") };
        let page = self.page;
        let row = match entry.kind {
            Kind::Group(group) => self.heading(move || self.group_name(group)),
            Kind::Answers => self.heading(move || Word::InAnswers.text(page.language.get()).to_owned()),
            Kind::Row(number) => self.comparison(key, number),
            Kind::Hit(at) => self.hit(key, at),
        };
        // One that goes keeps its place until it has gone.
        let top = Memo::new(move || self.entry(key).map_or(entry.top, |entry| entry.top));
        row.styled("top", move || rem(top.get()))
    }

    /// A row with what opens it.
    fn opening(self, key: u32, open: El) -> El {
        let is_active = move || self.active.get() == Some(key);
        let open = open
            .bind("tabindex", move || Some(if is_active() || self.is_first(key) { "0" } else { "-1" }))
            .on("focus", move |_| self.active.set(Some(key)));
        el("li")
            .attrs(&[("class", "entry"), ("data-key", &key.to_string())])
            .bind("aria-setsize", move || Some(self.rows().to_string()))
            .bind("aria-posinset", move || Some(self.place(key).to_string()))
            .child(open)
    }

    /// The keyboard comes to the first row where it was in none.
    fn is_first(self, key: u32) -> bool {
        let active = self.active.get();
        active.and_then(|key| self.entry(key)).is_none() && self.place(key) == 1
    }

    fn comparison(self, key: u32, number: u32) -> El {
        let page = self.page;
        let Some(head) = untrack(|| self.head(number)) else { return el("li") };
        let id = head.id;
        let shown = Memo::new(move || self.head(number).unwrap_or_default().into());
        let shown: Memo<Shown> = shown;
        let title = el("span").attrs(&[("class", "title"), ("dir", "auto")]).live(move || shown.get().title);
        let cut =
            el("span").class("cut").hidden(move || !shown.get().was_cut).live(page.word(Word::CutShort));
        let pin =
            el("span").class("pinned").hidden(move || !shown.get().is_pinned).live(page.word(Word::Pinned));
        let about = el("span").attr("dir", "auto").live(move || {
            let shown = shown.get();
            let when = browser::date_text(shown.changed_ms, page.language.get().tag());
            if shown.models.is_empty() { when } else { [&*when, " · ", &*shown.models].concat() }
        });
        let about = el("span").class("about").child(pin).child(cut).child(about);
        let open = button(&[("class", "open"), ("name", "open")]).child(title).child(about);
        let open = open.act(move || self.open(id));
        let is_open = Memo::new(move || self.opened.get() == Some(key));
        let more = icon_button(page, "more", "more", Word::More)
            .bind("tabindex", move || {
                let is_here = self.active.get() == Some(key) || self.is_first(key);
                Some(if is_here { "0" } else { "-1" })
            })
            .state("aria-expanded", move || is_open.get())
            .on("focus", move |_| self.active.set(Some(key)))
            .act(move || {
                self.opened.set((!is_open.get_untracked()).then_some(key));
            });
        self.opening(key, open)
            .attr("data-comparison", &id.to_string())
            .child(more)
            .when(move || is_open.get(), move || self.acts(key, number))
    }

    /// What can be done with a comparison.
    fn acts(self, key: u32, number: u32) -> El {
        let page = self.page;
        let Some(head) = self.head(number) else { return el("div") };
        let id = head.id;
        let title = input("title", "text")
            .attrs(&[("dir", "auto"), ("value", &head.title)])
            .on("focus", |event| event.select())
            .on("change", move |event| self.rename(id, key, &event));
        let title = label_of(title, page, Word::Title);
        let is_pinned = Memo::new(move || self.head(number).is_some_and(|head| head.is_pinned));
        let pin = word_button(page, &[("name", "pin")], Word::Pin)
            .state("aria-pressed", move || is_pinned.get())
            .act(move || {
                spawn(async move {
                    stored::change(page, id, |it| it.is_pinned = !it.is_pinned).await;
                    self.read(id, in_row(key, "pin")).await;
                });
            });
        let copy = word_button(page, &[("name", "duplicate")], Word::Duplicate).act(move || {
            spawn(async move {
                match stored::duplicate(page, id).await {
                    Some(copy) => self.read(copy, in_row(key, "duplicate")).await,
                    None => self.say(Word::NotOpened),
                }
            });
        });
        let delete = word_button(page, &[("name", "delete"), ("class", "danger")], Word::Delete)
            .act(move || self.delete(key));
        let row = el("div").class("row").children([pin, copy, self.form(&head), delete]);
        el("div").class("more-acts").child(title).child(row)
    }

    /// Other keys in a row.
    pub(super) fn press_on(self, key: &str, event: &Event) {
        let Some(at) = self.active.get_untracked() else { return };
        match key {
            "Delete" => self.delete(at),
            "F2" => {
                self.opened.set(Some(at));
                self.page.focus_later(in_row(at, "title"));
            }
            _ => return,
        }
        event.prevent();
    }

    fn open(self, id: Id) {
        let page = self.page;
        spawn(async move {
            match stored::show(page, id).await {
                true => page.dialog.set(None),
                false => self.say(Word::NotOpened),
            }
        });
    }

    fn rename(self, id: Id, key: u32, event: &Event) {
        let name: String = event.value().trim().chars().take(LONGEST_NAME).collect();
        let page = self.page;
        spawn(async move {
            stored::change(page, id, |it| it.name = name).await;
            // Who went on by Tab stays there.
            let focus = if browser::is_typing_in("title") { in_row(key, "title") } else { String::new() };
            self.read(id, focus).await;
        });
    }

    fn delete(self, key: u32) {
        let page = self.page;
        let Some(Kind::Row(number)) = untrack(|| self.entry(key)).map(|entry| entry.kind) else { return };
        let Some(head) = untrack(|| self.head(number)) else { return };
        let next = untrack(|| self.neighbour(key));
        spawn(async move {
            if !stored::take(page, &head).await {
                return self.say(Word::NotOpened);
            }
            self.opened.set(None);
            self.active.set(next);
            let focus = next.map_or_else(|| SEARCH.to_owned(), open_button);
            self.heads.update(|heads| {
                if let Some(place) = heads.get_mut(number as usize) {
                    *place = None;
                }
            });
            self.read(head.id, focus).await;
        });
    }

    /// The row after that one, else the one before.
    fn neighbour(self, key: u32) -> Option<u32> {
        self.entries.with(|entries| {
            let is_row = |kind: Kind| matches!(kind, Kind::Row(_));
            let rows: Vec<u32> = entries.iter().filter(|it| is_row(it.kind)).map(|it| it.key).collect();
            let at = rows.iter().position(|known| *known == key)?;
            rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?)).copied()
        })
    }

    fn hit(self, key: u32, at: u32) -> El {
        let page = self.page;
        let hit = self.hits.with_untracked(|hits| hits.get(at as usize).cloned()).unwrap_or_default();
        let head = untrack(|| self.head(hit.number)).unwrap_or_default();
        let title = el("span").attrs(&[("class", "title"), ("dir", "auto")]).text(&head.title);
        let model = el("span").attrs(&[("class", "about"), ("dir", "auto")]).text(&hit.model);
        let snippet = el("span")
            .attrs(&[("class", "snippet"), ("dir", "auto")])
            .text(&hit.snippet.before)
            .child(el("mark").text(&hit.snippet.found))
            .text(&hit.snippet.after);
        let (id, reply, found) = (head.id, hit.reply, hit.snippet.found);
        let open =
            button(&[("class", "open"), ("name", "open-hit")]).child(title).child(model).child(snippet);
        let open = open.act(move || {
            let found = found.clone();
            spawn(async move {
                if !stored::show(page, id).await {
                    return self.say(Word::NotOpened);
                }
                page.dialog.set(None);
                if let Some(reply) = reply {
                    comparison::go_to(page, reply, found);
                }
            });
        });
        self.opening(key, open)
    }
}

/// What a row shows of its comparison: one that stays the same is not written anew.
#[derive(Clone, Default, PartialEq)]
struct Shown {
    title: String,
    models: String,
    changed_ms: u64,
    is_pinned: bool,
    was_cut: bool,
}

impl From<Head> for Shown {
    fn from(head: Head) -> Self {
        Self {
            models: head.models.join(", "),
            title: head.title,
            changed_ms: head.changed_ms,
            is_pinned: head.is_pinned,
            was_cut: head.was_cut,
        }
    }
}

/// Something in a row.
fn in_row(key: u32, name: &str) -> String {
    ["#history [data-key=\"", &key.to_string(), "\"] [name=", name, "]"].concat()
}
