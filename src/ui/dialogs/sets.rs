//! Named sets of models: save what is on the page, bring it back later.

use leptos::prelude::*;

use crate::{
    grid::{columns, workspace::ModelSet},
    ui::{
        page::{Page, Undoable},
        words::{self, Word},
    },
};

#[component]
pub fn Sets() -> impl IntoView {
    let page = Page::expect();
    let name = RwSignal::new(String::new());
    let sets = Memo::new(move |_| page.saved.with(|saved| saved.sets.clone()));
    let save = move || {
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        let panels = page
            .panels
            .with_untracked(|panels| panels.iter().map(|panel| panel.settings.get_untracked()).collect());
        page.saved.update(|saved| {
            saved.sets.retain(|set| set.name != name);
            saved.sets.insert(0, ModelSet { name, panels });
        });
    };
    let load = move |set: ModelSet| {
        page.show(set.panels);
        page.dialog.set(None);
    };
    let delete = move |name: &str| {
        let removed = page.saved.try_update(|saved| {
            let at = saved.sets.iter().position(|set| set.name == name)?;
            columns::take(&mut saved.sets, at)
        });
        page.undoable.set(removed.flatten().map(Undoable::Set));
    };
    let item = move |set: ModelSet| {
        let models: Vec<String> = set.panels.iter().map(|panel| panel.model.clone()).collect();
        let (loaded, deleted, name) = (set.clone(), set.name.clone(), set.name.clone());
        view! {
            <li data-set=name>
                <span>
                    <strong dir="auto">{set.name}</strong>
                    <span class="hint" dir="auto">{words::set_of(page.language.get(), &models)}</span>
                </span>
                <button type="button" name="load" on:click=move |_| load(loaded.clone())>{page.word(Word::Load)}</button>
                <button
                    type="button"
                    name="delete"
                    on:click=move |_| delete(&deleted)
                >
                    {page.word(Word::Delete)}
                </button>
            </li>
        }
    };
    view! {
        <p>{page.word(Word::SetsAbout)}</p>
        <form class="row" on:submit=move |event| {
            event.prevent_default();
            save();
        }>
            <input
                name="set-name"
                autocomplete="off"
                aria-label=page.word(Word::SetName)
                placeholder=page.word(Word::SetName)
                prop:value=move || name.get()
                on:input=move |event| name.set(event_target_value(&event))
            />
            <button type="submit" id="save-set" class="main">{page.word(Word::SaveSet)}</button>
        </form>
        <ul class="list">{move || sets.get().into_iter().map(item).collect_view()}</ul>
    }
}
