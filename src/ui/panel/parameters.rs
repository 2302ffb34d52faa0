//! A field for each parameter; an empty one is not sent.

use leptos::prelude::*;

use super::state::Panel;
use crate::{
    browser::{El, el},
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
    let settings = panel.settings.clone();
    // As typed: what cannot be read as a number stays where it can be mended.
    let text = RwSignal::new(settings.with_untracked(|settings| parameter.read(&settings.sampling)));
    let is_wrong = RwSignal::new(false);
    let number = input(&parameter.name().replace('_', "-"), "text")
        .attr("inputmode", if parameter == Parameter::Stop { "text" } else { "decimal" })
        .bind("placeholder", move || Some(words::parameter_hint(page.language.get(), parameter)))
        .state("aria-invalid", move || is_wrong.get())
        .value(move || text.get())
        .on("input", move |event| {
            let typed = event.value();
            let mut is_bad = false;
            settings.update(|settings| is_bad = parameter.write(&mut settings.sampling, &typed).is_err());
            is_wrong.set(is_bad);
            text.set(typed);
        });
    let name = el("span").child(el("code").text(parameter.name()));
    let wrong = el("p").class("wrong").hidden(move || !is_wrong.get()).live(page.word(Word::NotANumber));
    el("div").child(el("label").class("field").child(name).child(number)).child(wrong)
}

fn effort_field(page: Page, panel: &Panel) -> El {
    let (settings, shown) = (panel.settings.clone(), panel.settings.clone());
    let chosen = Memo::new(move |_| shown.with(|settings| settings.sampling.effort));
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
