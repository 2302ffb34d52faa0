//! An answer as it is read: Markdown drawn while it comes, its source, the thoughts before it.

mod acts;
mod markdown;
mod shapes;

use std::{cell::RefCell, mem, rc::Rc};

use super::state::Panel;
use crate::{
    browser::{El, Follow, Tail, afterwards, effect, el},
    markdown::is_missed,
    ui::{page::Page, parts::label_of, rest::Rest, words::Word},
};
pub use markdown::{Markdown, speak};

/// Beyond so many bytes an answer that comes at once is drawn in more than one frame.
const AT_ONCE_BYTES: usize = 32 << 10;

/// What of a panel grows while an answer comes.
pub struct Answer {
    pub text: El,
    /// The text as the model wrote it, shown in the place of the drawn one.
    pub source: El,
    pub reasoning: El,
}

impl Answer {
    pub fn new(page: Page, panel: &Panel) -> Self {
        let (drawn, source) = (panel.shows_source.clone(), panel.shows_source.clone());
        let is_drawn = panel.reply.is_drawn.clone();
        let text = el("div").class("reply prose").hidden(move || drawn.get());
        let text = text.flag("data-whole", move || is_drawn.get());
        let source = el("pre")
            .attrs(&[("class", "source"), ("dir", "auto"), ("tabindex", "0"), ("role", "group")])
            .hidden(move || !source.get());
        Self {
            text: listen(text, page),
            source: label_of(source, page, Word::ViewSource),
            reasoning: el("div").attrs(&[("class", "reasoning"), ("dir", "auto")]),
        }
    }

    /// Draws what comes, in the frames of the page.
    pub fn grow(&self, page: Page, panel: &Panel, follow: &Follow) {
        let Some(pen) = Pen::new(self) else { return };
        let pen = Rc::new(RefCell::new(pen));
        let (own, reply) = (pen.clone(), panel.reply.clone());
        let draw = move |follow: &Follow| {
            let pen = &mut *own.borrow_mut();
            let starts_over = mem::take(&mut pen.starts_over);
            let fresh = reply.fresh(starts_over || mem::take(&mut pen.is_new), AT_ONCE_BYTES);
            if fresh.starts_over || starts_over {
                pen.start_over();
                follow.start_over();
            }
            pen.reasoning.append(&fresh.reasoning);
            pen.text.write(page.language.get_untracked(), &fresh.text, fresh.is_whole);
            pen.write_source();
            // Asked for once an answer, not in each of its frames: it may not come.
            if is_missed() && !mem::replace(&mut pen.misses_rest, true) {
                page.fetch_rest();
            }
            if fresh.is_whole && !reply.is_drawn.get_untracked() {
                let reply = reply.clone();
                afterwards(move || {
                    if reply.has_settled() {
                        reply.is_drawn.set(true);
                    }
                });
            }
            follow.grew();
            follow.wrote(fresh.text.len());
            fresh.has_more
        };
        follow.draw_with(panel.reply.news.clone(), draw);
        let (late, news) = (pen.clone(), panel.reply.news.clone());
        effect(move || {
            if page.rest.get() == Rest::Here && mem::take(&mut late.borrow_mut().misses_rest) {
                late.borrow_mut().starts_over = true;
                news.came_last();
            }
        });
        let (shows_source, follow) = (panel.shows_source.clone(), follow.clone());
        effect(move || {
            let shows_source = shows_source.get();
            if pen.borrow_mut().show_source(shows_source) {
                follow.grew();
            }
        });
        let text = self.text.clone();
        effect(move || speak(&text, page.language.get()));
    }
}

/// The buttons in an answer do what they say.
pub fn listen(text: El, page: Page) -> El {
    text.on("click", move |event| acts::act(page, &event))
        .on("focusout", move |event| acts::leave(page, &event))
}

/// What draws in one panel.
struct Pen {
    text: Markdown,
    reasoning: Tail,
    source: Tail,
    /// Bytes of the source that are shown as such; `None` while nobody looks at it.
    source_shown: Option<usize>,
    /// A panel that comes back finds nothing drawn.
    is_new: bool,
    /// What is drawn would read otherwise now.
    starts_over: bool,
    /// What is drawn reads otherwise once the rest of the program is here.
    misses_rest: bool,
}

impl Pen {
    /// `None` where there is no page to draw in.
    fn new(answer: &Answer) -> Option<Self> {
        Some(Self {
            text: Markdown::new(&answer.text)?,
            reasoning: Tail::new(answer.reasoning.element().clone()),
            source: Tail::new(answer.source.element().clone()),
            source_shown: None,
            is_new: true,
            starts_over: false,
            misses_rest: false,
        })
    }

    fn start_over(&mut self) {
        self.misses_rest = false;
        self.text.clear();
        self.reasoning.clear();
        self.source.clear();
        self.source_shown = self.source_shown.map(|_| 0);
    }

    fn write_source(&mut self) {
        if let Some(shown) = &mut self.source_shown {
            let source = self.text.source();
            self.source.append(source.get(*shown..).unwrap_or_default());
            *shown = source.len();
        }
    }

    /// Whether that is another view than before.
    fn show_source(&mut self, on: bool) -> bool {
        if on == self.source_shown.is_some() {
            return false;
        }
        self.source.clear();
        self.source_shown = on.then_some(0);
        self.write_source();
        true
    }
}
