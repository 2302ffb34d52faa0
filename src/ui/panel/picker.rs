//! Which model: type any id, or choose from the provider's own list, the recent and the starred.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::state::Panel;
use crate::{
    browser,
    grid::workspace::ModelRef,
    model::{
        catalog,
        error::ErrorClass,
        listing::ModelInfo,
        provider::{Place, Provider},
    },
    ui::{
        page::{ModelList, Page},
        words::{self, Word},
    },
};

/// More are not shown at once: typing narrows them down.
const MOST_SHOWN: usize = 100;

#[derive(Clone, Debug, PartialEq)]
struct Choice {
    of: ModelRef,
    label: String,
    detail: String,
    is_starred: bool,
}

#[component]
pub fn Picker(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let is_open = RwSignal::new(false);
    // What was typed since the list opened.
    let filter = RwSignal::new(String::new());
    let at = RwSignal::new(None::<usize>);
    let settings = panel.settings.clone();
    let model = {
        let settings = settings.clone();
        Memo::new(move |_| settings.with(|settings| settings.model.clone()))
    };
    let choices = {
        let panel = panel.clone();
        Memo::new(move |_| match is_open.get() {
            true => choices(page, &panel, &filter.get()),
            false => (Vec::new(), 0),
        })
    };
    let open = {
        let panel = panel.clone();
        move || {
            if !is_open.get_untracked() {
                filter.set(String::new());
                at.set(None);
                is_open.set(true);
                page.list_models(&panel, false);
            }
        }
    };
    let choose = {
        let settings = settings.clone();
        move |choice: &ModelRef| {
            settings.update(|settings| {
                if settings.provider != choice.provider {
                    settings.choose_provider(&choice.provider);
                }
                settings.model.clone_from(&choice.model);
            });
            is_open.set(false);
        }
    };
    let on_input = {
        let (settings, open) = (settings.clone(), open.clone());
        move |event| {
            open();
            let typed = event_target_value(&event);
            filter.set(typed.clone());
            at.set(None);
            settings.update(|settings| settings.model = typed);
        }
    };
    let on_key = {
        let (open, choose) = (open.clone(), choose.clone());
        move |event: KeyboardEvent| {
            let count = choices.with(|(choices, _)| choices.len());
            let step = |by: isize| {
                let next = at.get_untracked().map_or(if by > 0 { 0 } else { -1 }, |at| at.cast_signed() + by);
                let next = next.rem_euclid(count.max(1).cast_signed()).cast_unsigned();
                at.set((count > 0).then_some(next));
                browser::show(&option_id(id, next));
            };
            match event.key().as_str() {
                "ArrowDown" if is_open.get_untracked() => step(1),
                "ArrowUp" if is_open.get_untracked() => step(-1),
                "ArrowDown" | "ArrowUp" => open(),
                "Enter" if is_open.get_untracked() && !event.is_composing() => {
                    let chosen = at.get_untracked().and_then(|at| {
                        choices.with(|(choices, _)| choices.get(at).map(|choice| choice.of.clone()))
                    });
                    match chosen {
                        Some(chosen) => choose(&chosen),
                        None => is_open.set(false),
                    }
                }
                "Escape" if is_open.get_untracked() => {
                    event.stop_propagation();
                    is_open.set(false);
                }
                _ => return,
            }
            event.prevent_default();
        }
    };
    let list = {
        let panel = panel.clone();
        move || {
            view! { <List panel=panel.clone() choices at choose=Callback::new({
                let choose = choose.clone();
                move |choice: ModelRef| choose(&choice)
            }) /> }
        }
    };
    let opened_by_field = open.clone();
    let list_id = format!("models-{id}");
    view! {
        <div class="picker" on:focusout=move |event| {
            if browser::leaves(&event) {
                is_open.set(false);
            }
        }>
            <input
                name="model"
                type="text"
                role="combobox"
                autocomplete="off"
                spellcheck="false"
                dir="ltr"
                aria-label=page.word(Word::Model)
                aria-autocomplete="list"
                aria-controls=list_id
                aria-expanded=move || is_open.get().to_string()
                aria-activedescendant=move || at.get().filter(|_| is_open.get()).map(|at| option_id(id, at))
                placeholder=page.word(Word::ModelHint)
                prop:value=move || model.get()
                title=move || model.get()
                on:input=on_input
                on:keydown=on_key
                on:click=move |_| opened_by_field()
            />
            <button
                type="button"
                class="icon"
                name="models"
                data-icon="down"
                tabindex="-1"
                aria-label=page.word(Word::Models)
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| if is_open.get_untracked() { is_open.set(false) } else { open() }
            ></button>
            <Show when=move || is_open.get()>{list.clone()()}</Show>
        </div>
    }
}

#[component]
fn List(
    panel: Panel,
    choices: Memo<(Vec<Choice>, usize)>,
    at: RwSignal<Option<usize>>,
    choose: Callback<ModelRef>,
) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let options = move || {
        let (choices, _) = choices.get();
        choices
            .into_iter()
            .enumerate()
            .map(|(index, choice)| option(page, id, index, choice, at, choose))
            .collect_view()
    };
    let hidden = move || choices.with(|(choices, all)| all.saturating_sub(choices.len()));
    let state = {
        let panel = panel.clone();
        move || match page.list_of(&panel) {
            Some(ModelList::Loading) => Some(Word::Checking.text(page.language.get()).to_owned()),
            Some(ModelList::Failed(error)) if error.class == ErrorClass::Auth => {
                Some(words::list_needs_key(page.language.get()).to_owned())
            }
            Some(ModelList::Failed(_) | ModelList::Unreachable(_)) => {
                Some(words::list_failed(page.language.get()).to_owned())
            }
            _ => None,
        }
    };
    let setup = panel.is_setup_open.clone();
    let again = panel.clone();
    view! {
        <div class="menu models">
            <p class="hint" role="status">{state}</p>
            <div role="listbox" id=format!("models-{id}") aria-label=page.word(Word::Models)>{options}</div>
            <p class="hint" hidden=move || hidden() == 0>{move || words::more_models(page.language.get(), hidden())}</p>
            <div class="row">
                <button type="button" name="other-provider" on:click=move |_| setup.set(true)>
                    {page.word(Word::OtherProvider)}
                </button>
                <button type="button" name="reload-models" on:click=move |_| page.list_models(&again, true)>
                    {page.word(Word::Reload)}
                </button>
            </div>
        </div>
    }
}

fn option(
    page: Page,
    panel: u32,
    index: usize,
    choice: Choice,
    at: RwSignal<Option<usize>>,
    choose: Callback<ModelRef>,
) -> impl IntoView {
    let Choice { of, label, detail, is_starred } = choice;
    let starred = of.clone();
    let star = move |event: leptos::ev::MouseEvent| {
        event.stop_propagation();
        page.saved.update(|saved| match saved.starred.iter().position(|other| *other == starred) {
            Some(at) => drop(saved.starred.remove(at)),
            None => saved.starred.push(starred.clone()),
        });
    };
    let model = of.model.clone();
    view! {
        <div
            role="option"
            id=option_id(panel, index)
            data-model=model
            data-provider=of.provider.clone()
            aria-selected=move || (at.get() == Some(index)).to_string()
            // The field keeps the focus.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| choose.run(of.clone())
        >
            <span dir="auto">{label}</span>
            <span class="detail">{detail}</span>
            <span
                class="star"
                data-icon=if is_starred { "star" } else { "no-star" }
                title=page.word(Word::Star)
                on:click=star
            ></span>
        </div>
    }
}

fn option_id(panel: u32, index: usize) -> String {
    format!("model-{panel}-{index}")
}

/// Those to show, and how many there would be.
fn choices(page: Page, panel: &Panel, filter: &str) -> (Vec<Choice>, usize) {
    let language = page.language.get();
    let saved = page.saved.read();
    let settings = panel.settings.read();
    let own = settings.row();
    let known = match page.list_of(panel) {
        Some(ModelList::Known(models)) => models.to_vec(),
        _ => catalog::known_models(&settings.provider)
            .iter()
            .map(|id| ModelInfo { id: (*id).to_owned(), ..ModelInfo::default() })
            .collect(),
    };
    let foreign = |of: &ModelRef, is_starred: bool| {
        let row = catalog::find(&of.provider)?;
        let info = known.iter().find(|info| row.id == own.id && info.call_id() == of.model);
        Some(choice(of.clone(), info, words::provider_name(language, row), is_starred))
    };
    let is_starred = |of: &ModelRef| saved.starred.contains(of);
    let starred = saved.starred.iter().filter_map(|of| foreign(of, true));
    let recent = saved.recent.iter().filter(|of| !is_starred(of)).filter_map(|of| foreign(of, false));
    let listed = known.iter().filter(|info| info.is_for_chat()).filter_map(|info| {
        let of = ModelRef { provider: settings.provider.clone(), model: info.call_id().to_owned() };
        let is_above = is_starred(&of) || saved.recent.contains(&of);
        (!is_above).then(|| choice(of, Some(info), detail(language, own, info), false))
    });
    let filter = filter.trim().to_lowercase();
    let fits = |choice: &Choice| {
        let text = format!("{} {} {}", choice.of.model, choice.label, choice.of.provider).to_lowercase();
        filter.split_whitespace().all(|word| text.contains(word))
    };
    let mut all: Vec<Choice> = starred.chain(recent).chain(listed).filter(fits).collect();
    let count = all.len();
    all.truncate(MOST_SHOWN);
    (all, count)
}

fn choice(of: ModelRef, info: Option<&ModelInfo>, detail: String, is_starred: bool) -> Choice {
    let label = info.map_or_else(|| of.model.clone(), |info| info.label().to_owned());
    Choice { of, label, detail, is_starred }
}

/// Context window and price, where the provider tells.
fn detail(language: words::Language, row: &Provider, info: &ModelInfo) -> String {
    if row.place == Place::Simulated {
        return String::new();
    }
    words::model_facts(language, info.context, info.price)
}
