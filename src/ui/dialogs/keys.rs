//! Which keys there are, for which addresses; never the keys themselves.

use crate::{
    browser::{El, Taken, el, signal::*, spawn},
    model::http::Origin,
    ui::{
        page::Page,
        parts::{hint, tall_field, word_button},
        words::{self, Word},
    },
};

pub fn keys(page: Page) -> El {
    let origins = move || {
        page.keys_changed.track();
        page.shell().keys.origins()
    };
    el("div")
        .class("inside")
        .child(el("p").live(page.word(Word::KeysAbout)))
        .child(
            el("ul").class("list").list(move || origins().iter().map(|origin| entry(page, origin)).collect()),
        )
        .child(hint(page, Word::NoKeys).hidden(move || !origins().is_empty()))
        .children(paste(page))
        .children(remember(page))
        .child(
            word_button(page, &[("id", "forget-all"), ("class", "danger")], Word::ForgetAll)
                .act(move || page.shell().keys.forget_all()),
        )
}

fn entry(page: Page, origin: &Origin) -> El {
    let forgotten = origin.clone();
    el("li")
        .attr("data-origin", origin.as_str())
        .child(el("span").attr("dir", "ltr").text(origin.as_str()))
        .child(
            word_button(page, &[("name", "forget")], Word::Forget)
                .act(move || page.shell().keys.forget(&forgotten)),
        )
}

fn paste(page: Page) -> [El; 2] {
    let said = RwSignal::new(String::new());
    let lines = el("textarea")
        .attrs(&[("name", "paste-keys"), ("rows", "3"), ("autocomplete", "off"), ("spellcheck", "false")])
        .attrs(&[("dir", "ltr"), ("placeholder", "OPENAI_API_KEY=…")]);
    let field = lines.clone();
    let take = move || {
        let language = page.language.get_untracked();
        let typed = field.take_typed();
        said.set(match page.shell().keys.take(&typed, None) {
            Ok(Taken::Lines { kept, unknown }) => words::pasted(language, &kept, &unknown),
            Ok(_) | Err(_) => {
                field.give_back(typed);
                Word::NoKeyLines.text(language).to_owned()
            }
        });
    };
    let row = el("div")
        .class("row")
        .child(word_button(page, &[("id", "take-keys"), ("class", "main")], Word::TakeKeys).act(take))
        .child(el("p").attr("role", "status").live(move || said.get()));
    [tall_field(page, Word::PasteKeys, lines), row]
}

fn remember(page: Page) -> [El; 3] {
    let has_failed = RwSignal::new(false);
    let can_remember = move || {
        page.keys_changed.track();
        page.shell().keys.can_remember()
    };
    let is_remembered = move || {
        page.keys_changed.track();
        page.shell().keys.is_remembered()
    };
    let checkbox = el("input")
        .attrs(&[("type", "checkbox"), ("name", "remember")])
        .checked(is_remembered)
        .flag("disabled", move || !can_remember())
        .on("change", move |event| {
            let (on, keys) = (event.is_checked(), page.shell().keys);
            spawn(async move {
                has_failed.set(keys.remember(on).await.is_err());
                page.keys_changed.update(|count| *count += 1);
            });
        });
    let label = el("label").class("check").child(checkbox).child(el("span").live(page.word(Word::Remember)));
    let about = move || {
        let word = if can_remember() { Word::RememberAbout } else { Word::CannotRemember };
        word.text(page.language.get())
    };
    let wrong = el("p")
        .attrs(&[("class", "wrong"), ("role", "alert")])
        .hidden(move || !has_failed.get())
        .live(page.word(Word::CannotRemember));
    [label, el("p").class("hint").live(about), wrong]
}
