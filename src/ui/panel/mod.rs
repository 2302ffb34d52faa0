//! One column: a header, the answer, a footer.
//!
//! - [`state`]: what a panel is; [`reply`]: its growing answer
//! - `header`, `menu`, `picker`: who answers, how far it is, what can be done
//! - `setup`: provider, key, parameters; `trouble`: what went wrong; `footer`: the figures

pub mod reply;
pub mod state;

mod extras;
mod footer;
mod header;
mod menu;
mod picker;
mod setup;
mod trouble;

use leptos::{html, prelude::*};

use super::{
    page::Page,
    words::{self, Word},
};
use crate::{browser::Follow, grid::choices::View};
use extras::Extras;
use footer::Footer;
use header::Header;
use setup::Setup;
use state::Panel;
use trouble::Trouble;

#[component]
pub fn PanelView(panel: Panel, #[prop(into)] place: Signal<usize>) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let view = page.view();
    let name = {
        let settings = panel.settings.clone();
        move || words::panel_name(page.language.get(), place.get(), &settings.with(|it| it.model.clone()))
    };
    let kind = {
        let reply = panel.reply.clone();
        Memo::new(move |_| reply.kind())
    };
    let (text, reasoning) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let body = NodeRef::<html::Div>::new();
    let follow = StoredValue::new_local(None::<Follow>);
    let has_more = RwSignal::new(false);
    // Before anything is drawn, so that the first words are followed too.
    Effect::new(move || {
        if let Some(body) = body.get() {
            follow.set_value(Some(Follow::new(&body, move |is_below| {
                if has_more.get_untracked() != is_below {
                    has_more.set(is_below);
                }
            })));
        }
    });
    let linked = Memo::new(move |_| page.saved.with(|saved| saved.linked_scroll));
    Effect::new(move || {
        let is_linked = linked.get();
        body.track();
        follow.with_value(|follow| {
            if let Some(follow) = follow {
                follow.set_linked(is_linked);
            }
        });
    });
    reply::draw(&panel.reply, text, reasoning, follow);
    let has_reasoning = {
        let status = panel.reply.status.clone();
        Memo::new(move |_| status.with(|status| status.has_reasoning))
    };
    let enabled = {
        let panel = panel.clone();
        Memo::new(move |_| panel.is_enabled())
    };
    let has_problem = {
        let problem = panel.problem.clone();
        Memo::new(move |_| problem.with(Option::is_some))
    };
    let is_open = panel.is_setup_open.clone();
    let is_empty = {
        let problem = panel.problem.clone();
        move || kind.get().is_none() && problem.with(Option::is_none)
    };
    let setup = panel.clone();
    let to_end = move |_| {
        follow.with_value(|follow| {
            if let Some(follow) = follow {
                follow.to_end();
            }
        });
    };
    view! {
        <section
            class="panel"
            data-panel=id
            data-phase=move || words::phase_name(kind.get())
            data-problem=move || has_problem.get().then_some("")
            data-enabled=move || enabled.get().to_string()
            data-active=move || (page.active.get() == id).to_string()
            hidden=move || view.get() != View::Columns && page.active.get() != id
            aria-label=name
            on:focusin=move |_| page.active.set(id)
        >
            <Header panel=panel.clone() />
            <Show when=move || is_open.get()>
                <Setup panel=setup.clone() />
            </Show>
            <div class="body" tabindex="0" role="group" aria-label=page.word(Word::Answer) node_ref=body>
                <details class="thoughts" hidden=move || !has_reasoning.get()>
                    <summary>{page.word(Word::Reasoning)}</summary>
                    <div class="reasoning" dir="auto" node_ref=reasoning></div>
                </details>
                <div class="reply" dir="auto" node_ref=text></div>
                <p class="hint" hidden=move || !is_empty()>{page.word(Word::Empty)}</p>
                <Extras panel=panel.clone() />
                <Trouble panel=panel.clone() />
            </div>
            <button type="button" name="new-text" hidden=move || !has_more.get() on:click=to_end>
                {page.word(Word::NewText)}
            </button>
            <Footer panel=panel />
        </section>
    }
}
