//! Which model: type any id, or choose from the provider's own list, the recent and the starred.

use super::state::Panel;
use crate::{
    browser::{self, El, Event, el, signal::*},
    grid::workspace::ModelRef,
    later::later,
    model::{
        catalog,
        error::ErrorClass,
        listing::ModelInfo,
        provider::{Place, Provider},
    },
    ui::{
        page::{ModelList, Page},
        parts::{icon_button, input, label_of, placeholder, word_button},
        rest::with_rest,
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

/// What the parts of one picker share.
#[derive(Clone)]
struct Picker {
    page: Page,
    panel: Panel,
    /// What was typed since the list opened.
    filter: RwSignal<String>,
    /// The place of the option that Enter takes.
    at: RwSignal<Option<usize>>,
    /// The model as it was when the list opened.
    before: StoredValue<String>,
    /// Those to show, and how many there would be.
    choices: Memo<(Vec<Choice>, usize)>,
}

impl Picker {
    fn is_open(&self) -> bool {
        self.panel.is_picker_open.get_untracked()
    }

    fn open(&self) {
        if !self.is_open() {
            self.filter.set(String::new());
            self.at.set(None);
            self.before.set_value(self.panel.settings.with_untracked(|settings| settings.model.clone()));
            self.panel.is_picker_open.set(true);
        }
    }

    fn close(&self) {
        self.panel.is_picker_open.set(false);
    }

    /// What was typed was only to find something.
    fn give_up(&self) {
        self.panel.settings.update(|settings| settings.model = self.before.get_value());
        self.close();
    }

    fn choose(&self, choice: &ModelRef) {
        self.panel.choose_provider(&choice.provider);
        self.panel.settings.update(|settings| settings.model.clone_from(&choice.model));
        self.close();
    }

    fn current(&self) -> Option<ModelRef> {
        let at = self.at.get_untracked()?;
        self.choices.with_untracked(|(choices, _)| choices.get(at).map(|choice| choice.of.clone()))
    }

    fn star(&self, model: &ModelRef) {
        self.page.saved.update(|saved| {
            saved.toggle_star(model);
        });
    }

    fn step(&self, by: isize) {
        let count = self.choices.with_untracked(|(choices, _)| choices.len());
        let next = self.at.get_untracked().map_or(if by > 0 { 0 } else { -1 }, |at| at.cast_signed() + by);
        let next = next.rem_euclid(count.max(1).cast_signed()).cast_unsigned();
        self.at.set((count > 0).then_some(next));
        browser::show(&option_id(self.panel.id, next));
    }
}

later! {
    /// Whether the key means something here.
    "1007" fn press(picker: &Picker, event: &Event) -> bool {
        match (event.key().as_str(), picker.is_open()) {
            ("ArrowDown", true) => picker.step(1),
            ("ArrowUp", true) => picker.step(-1),
            ("ArrowDown" | "ArrowUp", false) => picker.open(),
            ("Enter", true) if !event.composes() => match (picker.current(), event.alt()) {
                (Some(model), true) => picker.star(&model),
                (Some(model), false) => picker.choose(&model),
                (None, _) => picker.close(),
            },
            ("Escape", true) => {
                event.stop();
                picker.give_up();
            }
            _ => return false,
        }
        true
    } else {
        false
    }
}

pub fn picker(page: Page, panel: &Panel) -> El {
    let filter = RwSignal::new(String::new());
    let choices = {
        let panel = panel.clone();
        Memo::new(move || match panel.is_picker_open.get() {
            true => choices(page, &panel, &filter.get()),
            false => (Vec::new(), 0),
        })
    };
    let picker = Picker {
        page,
        panel: panel.clone(),
        filter,
        at: RwSignal::new(None),
        before: StoredValue::default(),
        choices,
    };
    let (left, toggled, listed) = (picker.clone(), picker.clone(), picker.clone());
    let (is_expanded, is_shown) = (panel.is_picker_open.clone(), panel.is_picker_open.clone());
    let list_button = icon_button(page, "models", "down", Word::Models)
        .attr("tabindex", "-1")
        .state("aria-expanded", move || is_expanded.get())
        .act(move || match toggled.is_open() {
            true => toggled.close(),
            false => {
                toggled.open();
                browser::focus_in(&format!("[data-panel=\"{}\"]", toggled.panel.id), "model");
            }
        });
    let picking = el("div")
        .class("picker")
        .on("focusout", move |event| {
            if event.leaves() {
                left.close();
            }
        })
        .child(model_field(&picker))
        .child(list_button);
    with_rest(picking, page, move || is_shown.get(), move || list(&listed))
}

fn model_field(picker: &Picker) -> El {
    let Picker { page, at, .. } = *picker;
    let id = picker.panel.id;
    let (typed, pressed, clicked) = (picker.clone(), picker.clone(), picker.clone());
    let (model, title) = (picker.panel.settings.clone(), picker.panel.settings.clone());
    let (is_open, is_expanded) = (picker.panel.is_picker_open.clone(), picker.panel.is_picker_open.clone());
    let field = input("model", "text")
        .attrs(&[("role", "combobox"), ("dir", "ltr"), ("aria-autocomplete", "list")])
        .attr("aria-controls", &list_id(id))
        .state("aria-expanded", move || is_expanded.get())
        .bind("aria-activedescendant", move || at.get().filter(|_| is_open.get()).map(|at| option_id(id, at)))
        .bind("title", move || Some(title.with(|settings| settings.model.clone())))
        .value(move || model.with(|settings| settings.model.clone()))
        .on("input", move |event| {
            typed.open();
            let text = event.value();
            typed.at.set(None);
            typed.panel.settings.update(|settings| settings.model.clone_from(&text));
            typed.filter.set(text);
        })
        .on("keydown", move |event| {
            if press(&pressed, &event) {
                event.prevent();
            }
        })
        .on("click", move |_| clicked.open());
    placeholder(label_of(field, page, Word::Model), page, Word::ModelHint)
}

later! {
    "1005" fn list(picker: &Picker) -> El {
        let Picker { page, choices, .. } = *picker;
        page.list_models(&picker.panel, false);
        let (stated, setup, again) = (picker.panel.clone(), picker.panel.clone(), picker.panel.clone());
        let state = move || {
            let language = page.language.get();
            match page.list_of(&stated) {
                Some(ModelList::Loading) => Word::Checking.text(language),
                Some(ModelList::Failed(error)) if error.class == ErrorClass::Auth => {
                    words::list_needs_key(language)
                }
                Some(ModelList::Failed(_) | ModelList::Unreachable(_)) => words::list_failed(language),
                Some(ModelList::Known(_)) | None => "",
            }
        };
        let hidden = move || choices.with(|(choices, all)| all.saturating_sub(choices.len()));
        let options = {
            let picker = picker.clone();
            move || {
                choices.with(|(choices, _)| {
                    choices.iter().enumerate().map(|(index, choice)| option(&picker, index, choice)).collect()
                })
            }
        };
        let listbox = el("div").attrs(&[("role", "listbox"), ("id", &list_id(picker.panel.id))]).list(options);
        let more = el("p")
            .class("hint")
            .hidden(move || hidden() == 0)
            .live(move || words::more_models(page.language.get(), hidden()));
        let other = word_button(page, &[("name", "other-provider")], Word::OtherProvider).act(move || {
            setup.is_picker_open.set(false);
            setup.is_setup_open.set(true);
            page.focus_later(format!("[data-panel=\"{}\"] [name=provider]", setup.id));
        });
        let reload = word_button(page, &[("name", "reload-models")], Word::Reload)
            .act(move || page.list_models(&again, true));
        el("div")
            .class("menu models")
            // The field keeps the focus.
            .on("mousedown", |event| event.prevent())
            .child(el("p").attrs(&[("class", "hint"), ("role", "status")]).live(state))
            .child(label_of(listbox, page, Word::Models))
            .child(more)
            .child(el("div").class("row").child(other).child(reload))
    } else {
        el("div")
    }
}

fn option(picker: &Picker, index: usize, choice: &Choice) -> El {
    let Picker { page, at, .. } = *picker;
    let Choice { of, label, detail, is_starred } = choice;
    let (chosen, starred) = (of.clone(), of.clone());
    let (starring, picker) = (picker.clone(), picker.clone());
    let title = page.word(Word::Star);
    let star = el("span")
        .attrs(&[("class", "star"), ("data-icon", if *is_starred { "star" } else { "no-star" })])
        .bind("title", move || Some(title()))
        .on("click", move |event| {
            event.stop();
            starring.star(&starred);
        });
    el("div")
        .attrs(&[("role", "option"), ("id", &option_id(picker.panel.id, index))])
        .attrs(&[("data-model", &of.model), ("data-provider", &of.provider)])
        .state("aria-selected", move || at.get() == Some(index))
        .on("click", move |_| picker.choose(&chosen))
        .child(el("span").attr("dir", "auto").text(label))
        .child(el("span").class("detail").text(detail))
        .child(star)
}

fn list_id(panel: u32) -> String {
    format!("models-{panel}")
}

fn option_id(panel: u32, index: usize) -> String {
    format!("model-{panel}-{index}")
}

later! {
    /// Those to show, and how many there would be.
    "1006" fn choices(page: Page, panel: &Panel, filter: &str) -> (Vec<Choice>, usize) {
        let language = page.language.get();
        let saved = page.saved.get();
        let settings = panel.settings.get();
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
    } else {
        (Vec::new(), 0)
    }
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
