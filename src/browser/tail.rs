//! The end of a growing text: new pieces are appended to the last text node, nothing is written again.

use web_sys::{Element, Text};

/// A block is closed at the first line end past this many bytes: appending to one endless block would
/// lay out all of it for every token.
const BLOCK_BYTES: usize = 2 << 10;

pub struct Tail {
    root: Element,
    /// The text node that still grows, and its length in bytes; `None` when the next piece begins a
    /// block.
    last: Option<(Text, usize)>,
}

impl Tail {
    /// Takes over an element; what was in it is removed.
    pub fn new(root: Element) -> Self {
        let mut tail = Self { root, last: None };
        tail.clear();
        tail
    }

    pub fn clear(&mut self) {
        self.root.set_text_content(None);
        self.last = None;
    }

    pub fn append(&mut self, text: &str) {
        let grown = self.last.take().and_then(|(node, length)| {
            node.append_data(text).ok()?;
            Some((node, length + text.len()))
        });
        let last = grown.or_else(|| Some((self.new_block(text)?, text.len())));
        // A block that ended anywhere else would break the line there.
        self.last = last.filter(|(_, length)| *length < BLOCK_BYTES || !text.ends_with('\n'));
    }

    /// A box for each block: what is settled in the boxes before it is laid out no more. `None` only
    /// when the element has left its document, where nobody reads it.
    fn new_block(&self, text: &str) -> Option<Text> {
        let document = self.root.owner_document()?;
        let node = document.create_text_node(text);
        let block = document.create_element("div").ok()?;
        block.append_child(&node).ok()?;
        self.root.append_child(&block).ok()?;
        Some(node)
    }
}
