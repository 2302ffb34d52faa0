//! A text that grows.

use super::{Options, diff::diff, node::Node, op::Op, whole};

/// A text that comes in pieces, and what of it is shown.
#[derive(Debug)]
pub struct Document {
    options: Options,
    source: String,
    shown: Vec<Node>,
}

impl Document {
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, source: String::new(), shown: Vec::new() }
    }

    /// More text. It is looked at when it is to be shown.
    pub fn push(&mut self, text: &str) {
        self.source.push_str(text);
    }

    /// What changes on the screen since the last time. What is unfinished at the end is shown as if it were
    /// finished.
    pub fn update(&mut self, ops: &mut Vec<Op>) {
        let new = whole(&self.source, self.options);
        diff(&self.shown, &new, ops);
        self.shown = new;
    }

    /// No more text comes: what changes on the screen so that exactly the text is shown.
    pub fn finish(&mut self, ops: &mut Vec<Op>) {
        self.update(ops);
        ops.push(Op::Settled(self.shown.len()));
    }

    /// All text so far, as it came.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}
