//! Whom a panel asks and how: provider, address, key, system prompt, parameters, extra JSON.

use super::{key_field::key_field, parameters::parameters, state::Panel};
use crate::{
    browser::{self, El, el, signal::*},
    grid::settings::{BadSettings, PanelSettings},
    later::later,
    model::{
        catalog,
        provider::{Dialect, Place, Provider},
    },
    ui::{
        page::{ModelList, Page},
        parts::{field, input, option, placeholder, tall_field, word_button},
        words::{self, Word},
    },
};

later! {
    "1001" pub fn setup(page: Page, panel: &Panel) -> El {
        let is_open = panel.is_setup_open.clone();
        let settings = panel.settings.clone();
        let wrong = Memo::new(move || settings.with(|settings| settings.extra().err()));
        let wrong_text = move || {
            wrong.get().map_or(String::new(), |problem| {
                words::bad_settings(page.language.get(), BadSettings::Extra(problem))
            })
        };
        let system = area(page, panel, "system", Word::NotSent, |settings| &mut settings.system);
        let extra = area(page, panel, "extra", Word::ExtraHint, |settings| &mut settings.extra);
        let is_real = is_real(panel);
        let close = {
            let id = panel.id;
            move || {
                is_open.set(false);
                browser::focus_in(&format!("[data-panel=\"{id}\"]"), "more");
            }
        };
        let escape = close.clone();
        el("form")
            .class("setup")
            .on("submit", |event| event.prevent())
            .on("keydown", move |event| {
                if event.key() == "Escape" && !event.composes() {
                    event.stop();
                    escape();
                }
            })
            .child(provider_field(page, panel))
            .child(format_field(page, panel))
            .child(address_field(page, panel).hidden({
                let is_real = is_real.clone();
                move || !is_real()
            }))
            .child(key_field(page, panel))
            .child(check_row(page, panel).hidden(move || !is_real()))
            .child(tall_field(page, Word::System, system))
            .child(parameters(page, panel))
            .child(tall_field(page, Word::Extra, extra.state("aria-invalid", move || wrong.get().is_some())))
            .child(el("p").class("wrong").hidden(move || wrong.get().is_none()).live(wrong_text))
            .child(word_button(page, &[("name", "close-setup")], Word::Close).act(close))
    } else {
        el("form")
    }
}

/// Whether there is a server at all.
pub fn is_real(panel: &Panel) -> impl Fn() -> bool + Clone + use<> {
    let settings = panel.settings.clone();
    move || settings.with(|settings| settings.row().place != Place::Simulated)
}

fn provider_field(page: Page, panel: &Panel) -> El {
    let settings = panel.settings.clone();
    let chosen = Memo::new(move || settings.with(|settings| settings.provider.clone()));
    let rows = [catalog::simulated()].into_iter().chain(catalog::all()).chain(catalog::custom());
    let options = rows.map(|row: &'static Provider| {
        option(
            &row.id,
            move || words::provider_name(page.language.get(), row),
            move || chosen.with(|chosen| *chosen == row.id),
        )
    });
    let panel = panel.clone();
    let select = el("select").attr("name", "provider").children(options).on("change", move |event| {
        panel.choose_provider(&event.value());
    });
    field(page, Word::Provider, select)
}

fn format_field(page: Page, panel: &Panel) -> El {
    let (settings, listed) = (panel.settings.clone(), panel.settings.clone());
    let formats = Memo::new(move || listed.with(|settings| settings.row().dialects.clone()));
    let options = {
        let settings = settings.clone();
        move || {
            let option = |format: &Dialect| {
                let (format, settings) = (*format, settings.clone());
                let is_chosen = move || settings.with(|settings| settings.dialect == format);
                option(format.name(), move || format.name().to_owned(), is_chosen)
            };
            formats.with(|formats| formats.iter().map(option).collect())
        }
    };
    let select = el("select").attr("name", "dialect").list(options).on("change", move |event| {
        if let Some(format) = Dialect::from_name(&event.value()) {
            settings.update(|settings| settings.dialect = format);
        }
    });
    field(page, Word::Format, select).hidden(move || formats.with(|formats| formats.len() < 2))
}

fn address_field(page: Page, panel: &Panel) -> El {
    let (settings, own) = (panel.settings.clone(), panel.settings.clone());
    let panel = panel.clone();
    let address = input("base-url", "url")
        // Empty is the provider's own.
        .bind("placeholder", move || Some(own.with(|settings| settings.row().base_url.as_str().to_owned())))
        .value(move || settings.with(|settings| settings.base_url.clone()))
        .on("input", move |event| {
            panel.settings.update(|settings| settings.type_address(event.value()));
            panel.problem.set(None);
        });
    field(page, Word::BaseUrl, address)
}

/// Asks the provider for its models: the key and the server are right when it answers.
fn check_row(page: Page, panel: &Panel) -> El {
    let (listed, checked) = (panel.clone(), panel.clone());
    let result = move || {
        let (language, here) = (page.language.get(), browser::location_origin());
        page.list_of(&listed).map_or(String::new(), |list| match list {
            ModelList::Loading => Word::Checking.text(language).to_owned(),
            ModelList::Known(models) => words::checked(language, models.len()),
            ModelList::Failed(error) => {
                words::failure(language, &error, listed.settings.with(PanelSettings::row), &here)
            }
            ModelList::Unreachable(diagnosis) => words::diagnosis(language, &diagnosis, &here),
        })
    };
    el("div")
        .class("row")
        .child(word_button(page, &[("name", "check")], Word::Check).act(move || page.check(&checked)))
        .child(el("p").attrs(&[("class", "check-result"), ("role", "status")]).live(result))
}

fn area(
    page: Page,
    panel: &Panel,
    name: &str,
    hint: Word,
    part: fn(&mut PanelSettings) -> &mut String,
) -> El {
    let (settings, shown) = (panel.settings.clone(), panel.settings.clone());
    let area = el("textarea")
        .attrs(&[("name", name), ("rows", "2"), ("dir", "auto"), ("spellcheck", "false")])
        .value(move || {
            let mut settings = shown.get();
            std::mem::take(part(&mut settings))
        })
        .on("input", move |event| {
            settings.update(|settings| {
                settings.settle();
                *part(settings) = event.value();
            });
        });
    placeholder(area, page, hint)
}
