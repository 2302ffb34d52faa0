//! The end of a growing text: new pieces are appended to the last text node, nothing is written again.

use web_sys::{Element, Text};

/// A block is closed at this many bytes: appending to one endless text node would lay out all of it
/// for every token.
const BLOCK_BYTES: usize = 2 << 10;

pub struct Tail {
    root: Element,
    /// The text node that still grows, and its length in bytes.
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
        if let Some((node, length)) = self.last.as_mut().filter(|(_, length)| *length < BLOCK_BYTES)
            && node.append_data(text).is_ok()
        {
            *length += text.len();
            return;
        }
        self.last = self.new_block(text).map(|node| (node, text.len()));
    }

    /// A span for each block lets the browser lay out the blocks before it no more. `None` only when
    /// the element has left its document, where nobody reads it.
    fn new_block(&self, text: &str) -> Option<Text> {
        let document = self.root.owner_document()?;
        let node = document.create_text_node(text);
        let block = document.create_element("span").ok()?;
        block.append_child(&node).ok()?;
        self.root.append_child(&block).ok()?;
        Some(node)
    }
}
