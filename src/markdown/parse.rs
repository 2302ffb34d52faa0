//! One run of the library over a text, and what is noted beside the nodes.

use std::{cell::RefCell, ops::Range};

use pulldown_cmark::{BrokenLink, CowStr, Parser};

use super::{
    Options,
    labels::{Definition, Labels, link_name, note_name, notes_in},
    latex::{Masked, mask},
    node::Node,
    tree::Tree,
};

/// A block at the top level.
#[derive(Debug)]
pub struct Block {
    pub node: Node,
    /// Where it begins and ends in the parsed text.
    pub range: Range<usize>,
    /// Where the items of a list and the rows of a table begin.
    pub parts: Vec<usize>,
    /// The pieces of a code block: where each stands in the parsed text, and in the code.
    pub pieces: Vec<(Range<usize>, usize)>,
    /// What it refers to, whether it is defined or not.
    pub names: Vec<String>,
    /// How much longer references made it.
    pub expanded: usize,
}

#[derive(Debug, Default)]
pub struct Parsed {
    pub blocks: Vec<Block>,
    /// The names that are defined, what they stand for, and up to where the text says so.
    pub defined: Vec<(String, Definition, usize)>,
}

/// Parses a text that continues a text that defined `labels`. What stands before `from` is there for its
/// effect alone.
pub fn parse(written: &str, from: usize, options: Options, labels: &Labels) -> Parsed {
    // What the library asks for while it makes a block's inline nodes.
    let unknown = RefCell::new(Vec::new());
    let find = |link: BrokenLink<'_>| {
        let found = labels.link(&link.reference);
        if found.is_none() {
            unknown.borrow_mut().push(link_name(&link.reference));
        }
        found.map(|found| (CowStr::from(found.url.clone()), CowStr::from(found.title.clone())))
    };
    let masked = if options.math { mask(written) } else { None };
    let text = masked.as_deref().unwrap_or(written);
    let events = Parser::new_with_broken_link_callback(text, syntax(options), Some(find)).into_offset_iter();
    let mut parsed = Parsed::default();
    for (label, definition) in events.reference_definitions().iter() {
        let title = definition.title.as_ref().map_or("", |title| title);
        let meaning = Definition { url: definition.dest.to_string(), title: title.to_owned() };
        parsed.defined.push((link_name(label), meaning, definition.span.end));
    }
    let mut tree = Tree::new(labels, Masked { read: text, written });
    for (event, range) in events {
        if range.start >= from
            && let Some(mut block) = tree.event(event, range)
        {
            block.names.append(&mut unknown.borrow_mut());
            let source = written.get(block.range.clone()).unwrap_or_default();
            block.names.extend(notes_in(source).map(note_name));
            parsed.blocks.push(block);
        }
    }
    let notes = tree.notes.into_iter();
    parsed.defined.extend(notes.map(|(name, start)| (name, Definition::default(), start)));
    parsed
}

fn syntax(options: Options) -> pulldown_cmark::Options {
    use pulldown_cmark::Options as Syntax;
    let mut syntax = Syntax::ENABLE_TABLES
        | Syntax::ENABLE_FOOTNOTES
        | Syntax::ENABLE_STRIKETHROUGH
        | Syntax::ENABLE_TASKLISTS;
    if options.math {
        syntax |= Syntax::ENABLE_MATH;
    }
    syntax
}
