//! Markdown in an element of the page, drawn while it comes.

use super::shapes::{self, LABELS, Say, WRAPS, shape};
use crate::{
    browser::{Drawing, El},
    markdown::{Document, Kind, Node, Op, Options},
    ui::words::Language,
};

/// A text and its drawing.
pub struct Markdown {
    document: Document,
    drawing: Drawing,
    ops: Vec<Op>,
    is_finished: bool,
}

impl Markdown {
    /// Takes over an element; what was in it is removed. `None` for one that is in no document.
    pub fn new(root: &El) -> Option<Self> {
        let drawing = Drawing::new(root, WRAPS)?;
        Some(Self { document: new_document(), drawing, ops: Vec::new(), is_finished: false })
    }

    pub fn clear(&mut self) {
        self.document = new_document();
        self.drawing.clear();
        self.is_finished = false;
    }

    /// More text, with labels in that language; with `is_whole` nothing follows.
    pub fn write(&mut self, language: Language, text: &str, is_whole: bool) {
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
    }

    /// The text so far, as it came.
    pub fn source(&self) -> &str {
        self.document.source()
    }
}

/// Says the labels of what is drawn in another language.
pub fn speak(root: &El, language: Language) {
    for (name, word) in LABELS {
        let text = word.text(language);
        root.each_found(&["[data-word=", name, "]"].concat(), &|found| shapes::say(found, text));
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

/// A tree is not deep: `markdown` sees to it.
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
