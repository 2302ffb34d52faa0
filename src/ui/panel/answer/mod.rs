//! An answer as it is read: Markdown drawn while it comes, its source, the thoughts before it.

mod acts;
mod shapes;

use std::{cell::RefCell, mem, rc::Rc};

use leptos::prelude::*;

use super::state::Panel;
use crate::{
    browser::{Drawing, El, Follow, Tail, effect, el},
    markdown::{Document, Kind, Node, Op, Options},
    ui::{
        page::Page,
        parts::label_of,
        words::{Language, Word},
    },
};
use shapes::{LABELS, Say, WRAPS, shape};

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
        let text = el("div").class("reply").hidden(move || drawn.get());
        let text = text.flag("data-whole", move || is_drawn.get());
        let source = el("pre")
            .attrs(&[("class", "source"), ("dir", "auto"), ("tabindex", "0"), ("role", "group")])
            .hidden(move || !source.get());
        Self {
            text: text
                .on("click", move |event| acts::act(page, &event))
                .on("focusout", move |event| acts::leave(page, &event)),
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
            let fresh = reply.fresh(mem::take(&mut pen.is_new), AT_ONCE_BYTES);
            if fresh.starts_over {
                pen.start_over();
                follow.start_over();
            }
            pen.reasoning.append(&fresh.reasoning);
            pen.write(page.language.get_untracked(), &fresh.text, fresh.is_whole);
            if fresh.is_whole && !reply.is_drawn.get_untracked() {
                reply.is_drawn.set(true);
            }
            follow.grew();
            fresh.has_more
        };
        follow.draw_with(panel.reply.news.clone(), draw);
        let (shows_source, follow) = (panel.shows_source.clone(), follow.clone());
        effect(move || {
            let shows_source = shows_source.get();
            if pen.borrow_mut().show_source(shows_source) {
                follow.grew();
            }
        });
        let text = self.text.clone();
        effect(move || {
            let language = page.language.get();
            for (name, word) in LABELS {
                let text_of = word.text(language);
                text.each_found(&["[data-word=", name, "]"].concat(), &|found| shapes::say(found, text_of));
            }
        });
    }
}

/// Draws one answer.
struct Pen {
    document: Document,
    drawing: Drawing,
    reasoning: Tail,
    source: Tail,
    /// Bytes of the source that are shown as such; `None` while nobody looks at it.
    source_shown: Option<usize>,
    ops: Vec<Op>,
    /// A panel that comes back finds nothing drawn.
    is_new: bool,
    is_finished: bool,
}

impl Pen {
    /// `None` where there is no page to draw in.
    fn new(answer: &Answer) -> Option<Self> {
        Some(Self {
            document: new_document(),
            drawing: Drawing::new(&answer.text, WRAPS)?,
            reasoning: Tail::new(answer.reasoning.element().clone()),
            source: Tail::new(answer.source.element().clone()),
            source_shown: None,
            ops: Vec::new(),
            is_new: true,
            is_finished: false,
        })
    }

    fn start_over(&mut self) {
        self.document = new_document();
        self.drawing.clear();
        self.reasoning.clear();
        self.source.clear();
        self.source_shown = self.source_shown.map(|_| 0);
        self.is_finished = false;
    }

    /// With `is_whole` nothing follows.
    fn write(&mut self, language: Language, text: &str, is_whole: bool) {
        if self.is_finished {
            return;
        }
        if !text.is_empty() {
            self.document.push(text);
            self.document.update(&mut self.ops);
        }
        if is_whole {
            self.is_finished = true;
            self.document.finish(&mut self.ops);
        }
        for op in self.ops.drain(..) {
            draw(&mut self.drawing, op, &|word| word.text(language));
        }
        if is_whole {
            self.drawing.finish();
        }
        self.write_source();
    }

    fn write_source(&mut self) {
        if let Some(shown) = &mut self.source_shown {
            let source = self.document.source();
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

fn new_document() -> Document {
    Document::new(Options { math: true })
}

/// One step of the cursor.
fn draw(drawing: &mut Drawing, op: Op, say: Say<'_>) {
    match op {
        Op::Open(kind) => drawing.open(shape(&kind, drawing, say)),
        Op::Close => drawing.close(),
        Op::Enter => drawing.enter(),
        Op::Text(text) => drawing.text(&text),
        Op::Append(text) => drawing.append(&text),
        Op::Remove(count) => drawing.remove(count),
        Op::Become(kind) => drawing.become_other(shape(&kind, drawing, say)),
        // Boxes are closed when they are full.
        Op::Settled(_) => {}
        Op::Rebuild { block, node } => drawing.redraw(block, |drawing| draw_node(drawing, &node, say)),
    }
}

fn draw_node(drawing: &mut Drawing, node: &Node, say: Say<'_>) {
    if let Kind::Text(text) = &node.kind {
        return drawing.text(text);
    }
    drawing.open(shape(&node.kind, drawing, say));
    for child in &node.children {
        draw_node(drawing, child, say);
    }
    drawing.close();
}
