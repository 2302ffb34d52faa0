//! A field for each parameter; an empty one is not sent.

use super::state::Panel;
use crate::{
    browser::{El, el, signal::*},
    grid::parameter::Parameter,
    model::chat::Effort,
    ui::{
        page::Page,
        parts::{field, input, option},
        words::{self, Word},
    },
};

pub fn parameters(page: Page, panel: &Panel) -> El {
    let fields = Parameter::ALL.map(|parameter| match parameter {
        Parameter::Effort => effort_field(page, panel),
        _ => parameter_field(page, panel, parameter),
    });
    el("fieldset").child(el("legend").live(page.word(Word::Parameters))).children(fields)
}

fn parameter_field(page: Page, panel: &Panel, parameter: Parameter) -> El {
    let (settings, unread) = (panel.settings.clone(), panel.unread.clone());
    let (shown, wrong) = (unread.clone(), unread.clone());
    // As typed: what cannot be read stays where it can be mended.
    let typed = shown.with_untracked(|unread| {
        unread.iter().find(|(it, _)| *it == parameter).map(|(_, text)| text.clone())
    });
    let read = || settings.with_untracked(|settings| parameter.read(&settings.sampling));
    let text = RwSignal::new(typed.unwrap_or_else(read));
    let is_wrong = Memo::new(move || wrong.with(|unread| unread.iter().any(|(it, _)| *it == parameter)));
    let number = input(&parameter.name().replace('_', "-"), "text")
        .attr("inputmode", if parameter == Parameter::Stop { "text" } else { "decimal" })
        .bind("placeholder", move || Some(words::parameter_hint(page.language.get(), parameter)))
        .state("aria-invalid", move || is_wrong.get())
        .value(move || text.get())
        .on("input", move |event| {
            let typed = event.value();
            let mut is_bad = false;
            settings.update(|settings| is_bad = parameter.write(&mut settings.sampling, &typed).is_err());
            unread.update(|unread| {
                unread.retain(|(it, _)| *it != parameter);
                if is_bad {
                    unread.push((parameter, typed.clone()));
                }
            });
            text.set(typed);
        });
    let name = el("span").child(el("code").text(parameter.name()));
    let wrong = el("p")
        .class("wrong")
        .hidden(move || !is_wrong.get())
        .live(move || words::bad_parameter(page.language.get(), parameter));
    el("div").child(el("label").class("field").child(name).child(number)).child(wrong)
}

fn effort_field(page: Page, panel: &Panel) -> El {
    let (settings, shown) = (panel.settings.clone(), panel.settings.clone());
    let chosen = Memo::new(move || shown.with(|settings| settings.sampling.effort));
    let none = option(
        "",
        move || Word::NotSent.text(page.language.get()).to_owned(),
        move || chosen.get().is_none(),
    );
    let steps = Effort::ALL.map(|effort| {
        option(effort.word(), move || effort.word().to_owned(), move || chosen.get() == Some(effort))
    });
    let select = el("select").attr("name", "effort").child(none).children(steps).on("change", move |event| {
        let word = event.value();
        let effort = Effort::ALL.into_iter().find(|effort| effort.word() == word);
        settings.update(|settings| settings.sampling.effort = effort);
    });
    field(page, Word::Effort, select)
}
