//! Code blocks that grow, each with where its reading stands. A block costs its new lines only.

use std::collections::HashMap;

use syntect::parsing::{ParseState, SyntaxSet};

use crate::classes::{Class, Inside, Names};
use crate::languages::Language;

/// A line longer than this, in bytes, was not written by hand: it stays plain.
const LINE_BYTES: usize = 2_000;

/// Deeper nesting, in scopes, than anybody writes: the rest of the block stays plain.
const DEPTH: usize = 2_000;

/// So many blocks are known at once; the one that was asked for longest ago is forgotten.
const BLOCKS: usize = 256;

/// A stretch of one class, in UTF-16 units from the beginning of the text that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub start: usize,
    pub length: usize,
    pub class: Class,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Ranges(Vec<Range>),
    /// The grammar has to be given first.
    Needs(&'static Language),
    /// The block was forgotten: it has to be asked for from its beginning.
    Forgotten,
}

#[derive(Default)]
pub struct Blocks {
    packs: HashMap<&'static str, SyntaxSet>,
    names: Names,
    blocks: HashMap<u32, Block>,
    turns: u64,
}

struct Block {
    language: &'static Language,
    /// `None`: the rest stays plain.
    reading: Option<ParseState>,
    inside: Inside,
    asked: u64,
}

impl Blocks {
    /// What cannot be read counts as not given.
    pub fn give(&mut self, language: &'static Language, pack: &[u8]) {
        if let Ok(set) = syntect::dumps::from_reader::<SyntaxSet, _>(pack) {
            self.packs.insert(language.name, set);
        }
    }

    pub fn forget(&mut self, id: u32) {
        self.blocks.remove(&id);
    }

    /// More of a block: whole lines, but for the end of a block that is complete.
    pub fn text(&mut self, id: u32, language: &'static Language, is_start: bool, text: &str) -> Answer {
        let Some(set) = self.packs.get(language.name) else { return Answer::Needs(language) };
        self.turns += 1;
        if is_start {
            let Some(grammar) = set.find_syntax_by_name(language.grammar) else {
                return Answer::Needs(language);
            };
            let reading = Some(ParseState::new(grammar));
            self.blocks.insert(id, Block { language, reading, inside: Inside::default(), asked: 0 });
            make_room(&mut self.blocks);
        }
        let known = self.blocks.get_mut(&id).filter(|block| block.language == language);
        let Some(block) = known else { return Answer::Forgotten };
        block.asked = self.turns;
        let mut ranges = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            block.line(line, at, set, &mut self.names, &mut ranges);
            at += utf16(line);
        }
        Answer::Ranges(ranges)
    }
}

impl Block {
    fn line(&mut self, line: &str, at: usize, set: &SyntaxSet, names: &mut Names, ranges: &mut Vec<Range>) {
        let Some(reading) = self.reading.as_mut() else { return };
        if line.len() > LINE_BYTES {
            return;
        }
        let ops = if self.inside.depth() < DEPTH { reading.parse_line(line, set).ok() } else { None };
        let Some(ops) = ops else {
            self.reading = None;
            return;
        };
        let (mut from, mut from_units) = (0, at);
        let mut stretch = |to: usize, inside: &Inside| {
            let text = line.get(from..to).unwrap_or_default();
            let length = utf16(text);
            // The colour of a blank cannot be seen.
            if let Some(class) = inside.class(text).filter(|_| !text.trim().is_empty()) {
                add(ranges, Range { start: from_units, length, class });
            }
            (from, from_units) = (from.max(to), from_units + length);
        };
        for (to, op) in &ops {
            stretch(*to, &self.inside);
            self.inside.apply(op, names);
        }
        stretch(line.trim_end_matches(['\n', '\r']).len(), &self.inside);
    }
}

/// As part of the last one, where it goes on in the same class.
fn add(ranges: &mut Vec<Range>, range: Range) {
    match ranges.last_mut() {
        Some(last) if last.class == range.class && last.start + last.length == range.start => {
            last.length += range.length;
        }
        _ => ranges.push(range),
    }
}

fn utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The newest one was not asked for yet, and stays.
fn make_room(blocks: &mut HashMap<u32, Block>) {
    if blocks.len() > BLOCKS {
        let old = blocks.iter().filter(|(_, block)| block.asked > 0);
        if let Some(id) = old.min_by_key(|(_, block)| block.asked).map(|(id, _)| *id) {
            blocks.remove(&id);
        }
    }
}
