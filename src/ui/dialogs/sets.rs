//! Named sets of models: save what is on the page, bring it back later.

use crate::{
    browser::{El, button, el, signal::*},
    grid::{columns, workspace::ModelSet},
    ui::{
        page::Page,
        panels::Undoable,
        parts::{input, label_of, placeholder, word_button},
        words::{self, Word},
    },
};

/// In characters.
const MOST_NAME: usize = 100;

pub fn sets(page: Page) -> El {
    let name = RwSignal::new(String::new());
    let field =
        input("set-name", "text").value(move || name.get()).on("input", move |event| name.set(event.value()));
    let field = placeholder(label_of(field, page, Word::SetName), page, Word::SetName);
    let form = el("form")
        .class("row")
        .on("submit", move |event| {
            event.prevent();
            save(page, name.get_untracked().trim());
        })
        .child(field)
        .child(
            button(&[("id", "save-set"), ("class", "main")])
                .attr("type", "submit")
                .live(page.word(Word::SaveSet)),
        );
    let items =
        move || page.saved.with(|saved| saved.sets.iter().map(|set| item(page, set)).collect::<Vec<_>>());
    el("div")
        .class("inside")
        .child(el("p").live(page.word(Word::SetsAbout)))
        .child(form)
        .child(el("ul").class("list").list(items))
}

fn item(page: Page, set: &ModelSet) -> El {
    let models: Vec<String> = set.panels.iter().map(|panel| panel.model.clone()).collect();
    let (loaded, deleted) = (set.clone(), set.name.clone());
    let about = el("span").child(el("strong").attr("dir", "auto").text(&set.name)).child(
        el("span").class("hint").attr("dir", "auto").text(&words::set_of(page.language.get(), &models)),
    );
    let load = word_button(page, &[("name", "load")], Word::Load).act(move || {
        page.show(loaded.panels.clone());
        page.dialog.set(None);
    });
    let delete = word_button(page, &[("name", "delete")], Word::Delete).act(move || take(page, &deleted));
    el("li").attr("data-set", &set.name).child(about).child(load).child(delete)
}

/// A set without a name is called after its models. One of the same name goes, to `Undo`.
fn save(page: Page, name: &str) {
    let panels: Vec<_> = page
        .panels
        .with_untracked(|panels| panels.iter().map(|panel| panel.settings.get_untracked()).collect());
    let models: Vec<String> = panels.iter().map(|panel| panel.model.clone()).collect();
    let own = words::set_of(page.language.get_untracked(), &models);
    let name = if name.is_empty() { own } else { name.to_owned() };
    let name: String = name.chars().take(MOST_NAME).collect();
    take(page, &name);
    page.saved.update(|saved| {
        saved.panels = panels;
        saved.save_set(&name);
        saved.panels = Vec::new();
    });
}

/// Takes a set away, to `Undo`.
fn take(page: Page, name: &str) {
    let taken = page.saved.try_update(|saved| {
        let at = saved.sets.iter().position(|set| set.name == name)?;
        columns::take(&mut saved.sets, at)
    });
    if let Some(taken) = taken.flatten() {
        page.can_undo(Undoable::Set(taken));
    }
}
