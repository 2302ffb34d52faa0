//! A tree of nodes that grows at its end, under a cursor that walks along its right edge.
//!
//! What stands is never written again: text is appended to the last text node, elements are put behind
//! the last one. The cursor's way is kept, so that nothing is asked of the page. What is drawn is told by
//! whoever moves the cursor: this module knows elements and text, nothing of their meaning.

mod code;
mod parts;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Node, Text};

use super::El;
pub use code::{Code, FORMULA, on_code};

/// Where the word about lines stands, in the outer element.
pub const INFO: &str = "data-info";

/// So many blocks share a box that is laid out only while it is on the screen. Fewer make more boxes than
/// they save, more keep too much in the last one (measured: 24).
const BOX_BLOCKS: usize = 24;

/// What is drawn as one thing: an element, perhaps with another inside it that takes the children.
pub struct Shape {
    pub outer: El,
    /// `None`: the outer one takes the children.
    pub inner: Option<El>,
    pub ink: Ink,
}

/// What stands in a shape, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Blocks.
    Blocks,
    /// Text and what stands among it.
    Words,
    /// Text alone, in which characters that cannot be seen are marked.
    Plain,
    /// As `Plain`, many lines in a box; told to who asked by [`on_code`], with this word about it.
    Lines(String),
    /// As `Plain`; told to who asked by [`on_code`] when it is whole, with [`FORMULA`] about it.
    Formula,
}

/// Something that the cursor can stand in.
struct Open {
    outer: Element,
    inner: Element,
    ink: Ink,
    /// What is appended to: the inner element, or the last part of its lines, items, rows or words.
    part: Option<Element>,
    /// Whole lines, items or rows in it; of words their [weight](parts::weight).
    in_part: usize,
    /// Letters since the last blank.
    in_word: usize,
    /// The text node that still grows, and its length in bytes.
    last: Option<Text>,
    last_bytes: usize,
    /// Lines came that nobody was told of.
    has_grown: bool,
}

impl Open {
    fn new(shape: Shape) -> Self {
        let outer = shape.outer.element().clone();
        let inner = shape.inner.map_or_else(|| outer.clone(), |inner| inner.element().clone());
        let ink = shape.ink;
        Self {
            outer,
            inner,
            ink,
            part: None,
            in_part: 0,
            in_word: 0,
            last: None,
            last_bytes: 0,
            has_grown: false,
        }
    }

    /// Where children stand.
    fn place(&self) -> &Element {
        self.part.as_ref().unwrap_or(&self.inner)
    }

    fn tell(&mut self, is_complete: bool) {
        match &self.ink {
            Ink::Lines(about) if std::mem::take(&mut self.has_grown) || is_complete => {
                code::report(&self.inner, about, is_complete);
            }
            Ink::Formula if is_complete => code::report(&self.inner, FORMULA, true),
            _ => {}
        }
    }
}

/// How the parts of an element are found again: a selector of the outer one, one of the inner one
/// within it, and the ink.
pub type Wrap = (&'static str, &'static str, Ink);

pub struct Drawing {
    document: Document,
    root: Element,
    wraps: &'static [Wrap],
    /// From the last box to the deepest last element, as far as it is known.
    edge: Vec<Open>,
    /// How much of the edge the cursor stands in; 0 is the box.
    depth: usize,
    /// In the last box.
    blocks: usize,
}

impl Drawing {
    /// Takes over an element; what was in it is removed. `None` for one that is in no document.
    pub fn new(root: &El, wraps: &'static [Wrap]) -> Option<Self> {
        let root = root.element().clone();
        let document = root.owner_document()?;
        let mut drawing = Self { document, root, wraps, edge: Vec::new(), depth: 0, blocks: BOX_BLOCKS };
        drawing.clear();
        Some(drawing)
    }

    pub fn clear(&mut self) {
        self.root.set_text_content(None);
        self.edge.clear();
        self.depth = 0;
        self.blocks = BOX_BLOCKS;
    }

    /// A new last child, which the cursor steps into.
    pub fn open(&mut self, shape: Shape) {
        if self.depth == 0 {
            self.new_block(shape.outer.element());
        }
        self.leave_to(self.depth);
        let open = Open::new(shape);
        if let Some(top) = self.edge.get_mut(self.depth) {
            top.last = None;
            top.make_room(&self.document, &open.outer);
            append(top.place(), &open.outer);
            self.edge.push(open);
            self.depth += 1;
        }
    }

    pub fn close(&mut self) {
        if let Some(top) = self.edge.get_mut(self.depth) {
            top.tell(false);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Steps into the last child.
    pub fn enter(&mut self) {
        if self.edge.len() <= self.depth + 1 {
            let last = self.top().and_then(|top| top.place().last_element_child());
            let Some(outer) = last else { return };
            let open = self.found(outer);
            self.edge.push(open);
        }
        self.depth += 1;
    }

    /// A new text node.
    pub fn text(&mut self, text: &str) {
        self.leave_to(self.depth);
        if let Some(top) = self.edge.get_mut(self.depth) {
            top.last = None;
            top.write(&self.document, text);
        }
    }

    /// More of the last text node.
    pub fn append(&mut self, text: &str) {
        if let Some(top) = self.edge.get_mut(self.depth) {
            if top.last.is_none() && matches!(top.ink, Ink::Blocks | Ink::Words) {
                top.last = code::last_text(top.place());
            }
            top.write(&self.document, text);
        }
    }

    /// The last children go.
    pub fn remove(&mut self, count: usize) {
        self.leave_to(self.depth);
        for _ in 0..count {
            if self.depth == 0 && self.blocks == 0 {
                self.box_before();
            }
            let Some(top) = self.edge.get_mut(self.depth) else { return };
            top.last = None;
            if !matches!(top.ink, Ink::Blocks | Ink::Words) {
                // All their text is one.
                top.inner.set_text_content(None);
                (top.part, top.in_part, top.in_word) = (None, 0, 0);
            } else {
                top.remove_last();
                self.blocks -= usize::from(self.depth == 0);
            }
        }
    }

    /// The cursor's element gets other traits, or is another from now on; its children stay.
    pub fn become_other(&mut self, shape: Shape) {
        let Some(top) = self.edge.get_mut(self.depth).filter(|_| self.depth > 0) else { return };
        let new = Open::new(shape);
        let is_alike = new.outer.tag_name() == top.outer.tag_name();
        if is_alike && new.inner == new.outer && top.inner == top.outer {
            put_attributes(&top.outer, &new.outer);
            let first = top.outer.first_element_child().filter(is_chrome);
            first.inspect(|first| first.remove());
            if let Some(chrome) = new.outer.first_child() {
                // An element takes any other as its first child.
                let _ = top.outer.insert_before(&chrome, top.outer.first_child().as_ref());
            }
            top.ink = new.ink;
            return;
        }
        while let Some(child) = top.inner.first_child() {
            match child.dyn_ref::<Element>().is_some_and(is_chrome) {
                true => remove(&top.inner, &child),
                false => append(&new.inner, &child),
            }
        }
        if self.depth == 1 {
            own_direction(&new.outer);
        }
        // It has the parent that it was put into.
        let _ = top.outer.replace_with_with_node_1(&new.outer);
        (top.outer, top.inner, top.ink) = (new.outer, new.inner, new.ink);
    }

    /// Draws a block, one of those that are settled, anew: `draw` opens and closes it.
    pub fn redraw(&mut self, block: usize, draw: impl FnOnce(&mut Self)) {
        let old = self
            .root
            .children()
            .item(u32::try_from(block / BOX_BLOCKS).unwrap_or(u32::MAX))
            .and_then(|in_box| in_box.children().item(u32::try_from(block % BOX_BLOCKS).ok()?));
        let Some(old) = old else { return };
        self.leave_to(0);
        let Some(aside) = self.new_element("div", "") else { return };
        // Nothing but the cursor is needed to draw elsewhere.
        let (edge, depth) = (std::mem::take(&mut self.edge), self.depth);
        let shape = Shape { outer: aside.clone(), inner: None, ink: Ink::Blocks };
        let blocks = std::mem::replace(&mut self.blocks, 0);
        (self.edge, self.depth) = (vec![Open::new(shape)], 0);
        draw(self);
        self.leave_to(0);
        (self.edge, self.depth, self.blocks) = (edge, depth, blocks);
        if let Some(new) = aside.element().first_element_child() {
            // It stands in its box.
            let _ = old.replace_with_with_node_1(&new);
        }
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        self.leave_to(0);
    }

    /// Whether the cursor is in something that the selector finds, however deep.
    pub fn stands_in(&self, selector: &str) -> bool {
        self.top().is_some_and(|top| matches!(top.outer.closest(selector), Ok(Some(_))))
    }

    fn top(&self) -> Option<&Open> {
        self.edge.get(self.depth)
    }

    /// What is deeper than this grows no more.
    fn leave_to(&mut self, depth: usize) {
        while self.edge.len() > depth + 1
            && let Some(mut left) = self.edge.pop()
        {
            left.tell(true);
            if let Some(top) = self.edge.last_mut().filter(|top| top.ink == Ink::Words) {
                top.in_part += left.in_part;
            }
        }
    }

    /// Room for one more block: in the last box, or in a new one.
    fn new_block(&mut self, block: &Element) {
        own_direction(block);
        if self.blocks >= BOX_BLOCKS
            && let Some(in_box) = self.new_element("div", "box")
        {
            append(&self.root, in_box.element());
            self.leave_to(0);
            self.edge = vec![Open::new(Shape { outer: in_box, inner: None, ink: Ink::Blocks })];
            self.blocks = 0;
        }
        self.blocks += 1;
    }

    /// The last box is empty: on to the one before it.
    fn box_before(&mut self) {
        if let Some(empty) = self.edge.pop() {
            empty.outer.remove();
        }
        self.edge.clear();
        if let Some(in_box) = self.root.last_element_child() {
            self.blocks = in_box.child_element_count() as usize;
            self.edge = vec![self.found(in_box)];
        }
    }

    /// An element that was drawn before, and left.
    fn found(&self, outer: Element) -> Open {
        let wrap = self.wraps.iter().find(|(outside, ..)| outer.matches(outside) == Ok(true));
        let inner = wrap.and_then(|(_, inside, _)| outer.query_selector(inside).ok()?);
        let ink = match wrap {
            Some((.., Ink::Lines(_))) => Ink::Lines(outer.get_attribute(INFO).unwrap_or_default()),
            Some((.., ink)) => ink.clone(),
            None => Ink::Blocks,
        };
        let shape = Shape { outer: El::from(outer), inner: inner.map(El::from), ink };
        let mut open = Open::new(shape);
        match open.ink {
            Ink::Lines(_) => open.part = open.inner.last_element_child(),
            _ => open.find_part(),
        }
        open
    }

    fn new_element(&self, tag: &str, class: &str) -> Option<El> {
        let element = self.document.create_element(tag).ok()?;
        element.set_class_name(class);
        Some(El::from(element))
    }
}

/// Each block runs the way of its own first letters, unless it is told.
///
/// Not lists and tables, whose items and cells have their own: a browser would look through all of them for
/// the first letter whenever one is added.
fn own_direction(block: &Element) {
    if !block.has_attribute("dir") && block.matches("ul, ol, .table") != Ok(true) {
        // The name is valid.
        let _ = block.set_attribute("dir", "auto");
    }
}

/// Buttons and the like, which are no part of the text.
fn is_chrome(element: &Element) -> bool {
    element.class_name().starts_with("chrome")
}

/// The traits of one element for another of its kind.
fn put_attributes(of: &Element, from: &Element) {
    let names = |element: &Element| -> Vec<String> {
        element.get_attribute_names().iter().filter_map(|name| name.as_string()).collect()
    };
    for name in names(of) {
        if !matches!(&*name, "dir" | "role" | "value") && !from.has_attribute(&name) {
            // It was there.
            let _ = of.remove_attribute(&name);
        }
    }
    for name in names(from) {
        if let Some(value) = from.get_attribute(&name) {
            // It is a name already.
            let _ = of.set_attribute(&name, &value);
        }
    }
}

fn append(parent: &Element, child: &Node) {
    // An element takes any text or element.
    let _ = parent.append_child(child);
}

fn remove(parent: &Element, child: &Node) {
    // It is its child.
    let _ = parent.remove_child(child);
}
