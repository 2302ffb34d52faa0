//! Who a panel asks and how: provider, address, key, system prompt, parameters, extra JSON.

use leptos::prelude::*;

use super::state::{Panel, Problem};
use crate::{
    browser,
    grid::{
        parameter::Parameter,
        settings::{BadSettings, PanelSettings},
    },
    model::{
        catalog,
        chat::Effort,
        http::ApiKey,
        pasted_keys,
        provider::{Dialect, Place},
    },
    ui::{
        page::{ModelList, Page},
        words::{self, Word},
    },
};

#[component]
pub fn Setup(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let close = panel.is_setup_open.clone();
    view! {
        <form class="setup" on:submit=move |event| event.prevent_default()>
            <Place panel=panel.clone() />
            <KeyField panel=panel.clone() />
            <Checked panel=panel.clone() />
            <Area
                panel=panel.clone()
                name="system"
                label=Word::System
                hint=Word::NotSent
                read=|settings| settings.system.clone()
                write=|settings, text| settings.system = text
            />
            <Parameters panel=panel.clone() />
            <Area
                panel=panel.clone()
                name="extra"
                label=Word::Extra
                hint=Word::ExtraHint
                read=|settings| settings.extra.clone()
                write=|settings, text| settings.extra = text
            />
            <ExtraProblem panel />
            <button type="button" name="close-setup" on:click=move |_| close.set(false)>
                {page.word(Word::Close)}
            </button>
        </form>
    }
}

/// Provider, API and address.
#[component]
fn Place(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let settings = panel.settings.clone();
    let row = {
        let settings = settings.clone();
        Memo::new(move |_| settings.with(|settings| settings.provider.clone()))
    };
    let row = move || catalog::find(&row.get()).unwrap_or_else(catalog::simulated);
    let is_real = move || row().place != Place::Simulated;
    let rows = [catalog::simulated()].into_iter().chain(catalog::all()).chain(catalog::custom());
    let options = rows
        .map(|option| {
            view! {
                <option value=&*option.id prop:selected=move || row().id == option.id>
                    {move || words::provider_name(page.language.get(), option)}
                </option>
            }
        })
        .collect_view();
    let choose = {
        let panel = panel.clone();
        move |event| {
            panel.settings.update(|settings| settings.choose_provider(&event_target_value(&event)));
            panel.problem.set(None);
        }
    };
    let formats = {
        let settings = settings.clone();
        move || {
            let option = |format: &Dialect| {
                let (format, settings) = (*format, settings.clone());
                view! {
                    <option
                        value=format.name()
                        prop:selected=move || settings.with(|settings| settings.dialect == format)
                    >
                        {format.name()}
                    </option>
                }
            };
            row().dialects.iter().map(option).collect_view()
        }
    };
    let choose_format = {
        let settings = settings.clone();
        move |event| {
            if let Some(format) = Dialect::from_name(&event_target_value(&event)) {
                settings.update(|settings| settings.dialect = format);
            }
        }
    };
    let typed = settings.clone();
    let type_address = {
        let panel = panel.clone();
        move |event| {
            settings.update(|settings| settings.base_url = event_target_value(&event));
            panel.problem.set(None);
        }
    };
    view! {
        <label class="field">
            <span>{page.word(Word::Provider)}</span>
            <select name="provider" on:change=choose>{options}</select>
        </label>
        <label class="field" hidden=move || { row().dialects.len() < 2 }>
            <span>{page.word(Word::Format)}</span>
            <select name="dialect" on:change=choose_format>{formats}</select>
        </label>
        <label class="field" hidden=move || !is_real()>
            <span>{page.word(Word::BaseUrl)}</span>
            <input
                name="base-url"
                type="url"
                autocomplete="off"
                spellcheck="false"
                prop:value=move || typed.with(|settings| settings.base_url.clone())
                on:input=type_address
            />
        </label>
    }
}

/// Takes a key and forgets it: the field is empty again as soon as the key is kept.
#[component]
fn KeyField(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let said = RwSignal::new(None::<String>);
    let is_real = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| settings.row().place != Place::Simulated)
    };
    let state = {
        let panel = panel.clone();
        move || {
            page.keys_changed.track();
            let row = panel.settings.with(PanelSettings::row);
            let has_key = panel.origin().is_some_and(|origin| page.shell().keys.has(&origin));
            match (has_key, row.key_url.is_some()) {
                (true, _) => Word::KeyIsThere,
                (false, true) => Word::KeyIsMissing,
                (false, false) => Word::KeyNotNeeded,
            }
        }
    };
    let key_url = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| settings.row().key_url)
    };
    let take = {
        let panel = panel.clone();
        move |text: String| {
            if text.trim().is_empty() {
                return;
            }
            let language = page.language.get_untracked();
            let keys = page.shell().keys;
            if let Some(pasted) = pasted_keys::read(&text) {
                said.set(Some(words::pasted(language, &pasted)));
                pasted.keys.into_iter().for_each(|(_, key)| keys.set(key));
                panel.problem.set(None);
                return;
            }
            let Some(origin) = panel.origin() else {
                return panel.problem.set(Some(Problem::Missing(Word::KeyNeedsAddress)));
            };
            match ApiKey::new(origin, &text) {
                Ok(key) => {
                    keys.set(key);
                    said.set(None);
                    panel.problem.set(None);
                }
                Err(_) => panel.problem.set(Some(Problem::Missing(Word::BadKey))),
            }
        }
    };
    let on_change = {
        let take = take.clone();
        move |event| take(event_target_value(&event))
    };
    let field = NodeRef::<leptos::html::Input>::new();
    let empty = move || {
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    let on_paste = move |event: leptos::ev::ClipboardEvent| {
        // Several lines do not fit in a field of one line: it would join them.
        let Some(text) = browser::pasted_text(&event).filter(|text| pasted_keys::read(text).is_some()) else {
            return;
        };
        event.prevent_default();
        take(text);
        empty();
    };
    view! {
        <div hidden=move || !is_real()>
            <label class="field">
                <span>{page.word(Word::Key)}</span>
                <input
                    name="key"
                    type="password"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=page.word(Word::KeyHint)
                    node_ref=field
                    on:paste=on_paste
                    on:change=move |event| {
                        on_change(event);
                        empty();
                    }
                />
            </label>
            <p class="hint key-state">
                {move || state().text(page.language.get())}
                " "
                {move || key_url().map(|url| view! {
                    <a href=url target="_blank" rel="noopener noreferrer">{page.word(Word::GetKey)}</a>
                })}
            </p>
            <p class="hint">{move || said.get()}</p>
        </div>
    }
}

/// Asks the provider for its models: the key and the server are right when it answers.
#[component]
fn Checked(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let is_real = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| settings.row().place != Place::Simulated)
    };
    let list = {
        let panel = panel.clone();
        move || page.list_of(&panel)
    };
    let settings = panel.settings.clone();
    let result = move || {
        let language = page.language.get();
        list().map(|list| match list {
            ModelList::Loading => Word::Checking.text(language).to_owned(),
            ModelList::Known(models) => words::checked(language, models.len()),
            ModelList::Unreachable(diagnosis) => {
                words::diagnosis(language, &diagnosis, &browser::location_origin())
            }
            ModelList::Failed(error) => words::failure(
                language,
                &error,
                settings.with(PanelSettings::row),
                &browser::location_origin(),
            ),
        })
    };
    view! {
        <div class="row" hidden=move || !is_real()>
            <button type="button" name="check" on:click=move |_| page.check(&panel)>
                {page.word(Word::Check)}
            </button>
            <p class="check-result" role="status">{result}</p>
        </div>
    }
}

#[component]
fn Area(
    panel: Panel,
    name: &'static str,
    label: Word,
    hint: Word,
    read: fn(&PanelSettings) -> String,
    write: fn(&mut PanelSettings, String),
) -> impl IntoView {
    let page = Page::expect();
    let settings = panel.settings;
    let shown = settings.clone();
    view! {
        <label class="field tall">
            <span>{page.word(label)}</span>
            <textarea
                name=name
                rows="2"
                dir="auto"
                spellcheck="false"
                placeholder=page.word(hint)
                prop:value=move || shown.with(read)
                on:input=move |event| settings.update(|settings| write(settings, event_target_value(&event)))
            ></textarea>
        </label>
    }
}

#[component]
fn Parameters(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let fields = Parameter::ALL
        .into_iter()
        .map(|parameter| match parameter {
            Parameter::Effort => view! { <EffortChoice panel=panel.clone() /> }.into_any(),
            _ => view! { <ParameterField panel=panel.clone() parameter /> }.into_any(),
        })
        .collect_view();
    view! {
        <fieldset>
            <legend>{page.word(Word::Parameters)}</legend>
            {fields}
        </fieldset>
    }
}

#[component]
fn ParameterField(panel: Panel, parameter: Parameter) -> impl IntoView {
    let page = Page::expect();
    let settings = panel.settings;
    // As typed: what cannot be read as a number stays where it can be mended.
    let text = RwSignal::new(settings.with_untracked(|settings| parameter.read(&settings.sampling)));
    let is_wrong = RwSignal::new(false);
    let on_input = move |event| {
        let typed = event_target_value(&event);
        settings.update(|settings| is_wrong.set(parameter.write(&mut settings.sampling, &typed).is_err()));
        text.set(typed);
    };
    view! {
        <label class="field">
            <span><code>{parameter.name()}</code></span>
            <input
                name=parameter.name().replace('_', "-")
                type="text"
                inputmode=if parameter == Parameter::Stop { "text" } else { "decimal" }
                autocomplete="off"
                spellcheck="false"
                placeholder=move || words::parameter_hint(page.language.get(), parameter)
                aria-invalid=move || is_wrong.get().to_string()
                prop:value=move || text.get()
                on:input=on_input
            />
        </label>
        <p class="wrong" hidden=move || !is_wrong.get()>{page.word(Word::NotANumber)}</p>
    }
}

#[component]
fn EffortChoice(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let settings = panel.settings;
    let chosen = settings.clone();
    let chosen = Memo::new(move |_| chosen.with(|settings| settings.sampling.effort));
    let options = Effort::ALL
        .map(|effort| {
            view! {
                <option value=effort.word() prop:selected=move || chosen.get() == Some(effort)>{effort.word()}</option>
            }
        })
        .collect_view();
    let choose = move |event| {
        let word = event_target_value(&event);
        let effort = Effort::ALL.into_iter().find(|effort| effort.word() == word);
        settings.update(|settings| settings.sampling.effort = effort);
    };
    view! {
        <label class="field">
            <span>{page.word(Word::Effort)}</span>
            <select name="effort" on:change=choose>
                <option value="" prop:selected=move || chosen.get().is_none()>{page.word(Word::NotSent)}</option>
                {options}
            </select>
        </label>
    }
}

/// Says at once what is wrong with the extra JSON.
#[component]
fn ExtraProblem(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let problem =
        Memo::new(move |_| panel.settings.with(|settings| settings.extra().err().map(BadSettings::Extra)));
    view! {
        <p class="wrong" hidden=move || problem.get().is_none()>
            {move || problem.get().map(|problem| words::bad_settings(page.language.get(), problem))}
        </p>
    }
}
