//! A text that grows.

use std::{cell::Cell, mem};

use super::{
    Options,
    diff::{diff, diff_kept},
    heal::heal,
    labels::Labels,
    node::{Kind, Node},
    op::Op,
    parse::{Parsed, parse},
    settle::{Inside, Open, OpenKind, Settled, Tail, has_words},
    waiting::{Group, Waiting},
};

/// An end that is longer than this is not parsed anew for each piece of text, but when it has grown by a part
/// of its length: so the work stays linear whatever the text is.
const LONG: usize = 4 << 10;
const PART: usize = 32;
/// The library stops to expand references after so many bytes, or as many as the text has.
const LEAST_EXPANSION: usize = 100_000;

/// A text that comes in pieces, and what of it is shown.
#[derive(Clone, Debug)]
pub struct Document {
    options: Options,
    source: String,
    /// Up to here the source is settled.
    settled: usize,
    /// How many blocks are.
    blocks: usize,
    /// The settled part of the block that follows.
    open: Option<Open>,
    /// What is shown of the source that is not settled. If a block is open, the first continues it.
    shown: Vec<Node>,
    labels: Labels,
    waiting: Waiting,
    /// How much longer references made what is settled.
    expanded: usize,
    /// How long the source was when it was parsed.
    parsed_at: usize,
    /// How long it was when it was shown.
    shown_at: usize,
    parsed_bytes: Cell<usize>,
}

impl Document {
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            source: String::new(),
            settled: 0,
            blocks: 0,
            open: None,
            shown: Vec::new(),
            labels: Labels::default(),
            waiting: Waiting::default(),
            expanded: 0,
            parsed_at: 0,
            shown_at: 0,
            parsed_bytes: Cell::new(0),
        }
    }

    /// More text. It is looked at when it is to be shown.
    pub fn push(&mut self, text: &str) {
        self.source.push_str(text);
    }

    /// What changes on the screen since the last time. What is unfinished at the end is shown as if it were
    /// finished.
    pub fn update(&mut self, ops: &mut Vec<Op>) {
        if self.source.len() == self.shown_at {
            return;
        }
        let parsed = self.parsed_at - self.settled + self.anchor().len();
        if parsed <= LONG || self.source.len() - self.parsed_at >= parsed / PART {
            self.read(false, ops);
            self.shown_at = self.source.len();
        } else {
            self.append_unread(ops);
        }
    }

    /// No more text comes: what changes on the screen so that exactly the text is shown.
    pub fn finish(&mut self, ops: &mut Vec<Op>) {
        self.read(true, ops);
        if self.expanded >= self.source.len().max(LEAST_EXPANSION) / 2 {
            self.rebuild_all(ops);
        }
        self.shown_at = self.source.len();
        ops.push(Op::Settled(self.blocks + self.shown.len()));
    }

    /// All text so far, as it came.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many bytes were given to the parser so far: the work, measured without a clock.
    #[must_use]
    pub fn parsed_bytes(&self) -> usize {
        self.parsed_bytes.get()
    }

    fn anchor(&self) -> &str {
        self.open.as_ref().map_or("", |open| &open.anchor)
    }

    fn tail(&self) -> &str {
        self.source.get(self.settled..).unwrap_or_default()
    }

    /// Shows new text as it is written, until so much has come that it is worth to parse it all again. Where
    /// that could look like something else than prose, it waits.
    fn append_unread(&mut self, ops: &mut Vec<Op>) {
        let Some(more) = self.source.get(self.shown_at..) else { return };
        let is_prose = self.shown.last().is_some_and(|block| block.kind == Kind::Paragraph);
        if !is_prose && more.contains(|c: char| c.is_ascii_punctuation() || c == '\n') {
            return;
        }
        let begun = ops.len();
        let mut nodes = &mut self.shown;
        while let Some(last) = nodes.last_mut() {
            if let Kind::Text(text) = &mut last.kind {
                text.push_str(more);
                let entered = ops.len() - begun;
                ops.push(Op::Append(more.to_owned()));
                ops.extend((0..entered).map(|_| Op::Close));
                self.shown_at = self.source.len();
                return;
            }
            ops.push(Op::Enter);
            nodes = &mut last.children;
        }
        ops.truncate(begun);
    }

    fn read(&mut self, is_end: bool, ops: &mut Vec<Op>) {
        let mut open = self.open.take();
        let anchor = open.as_ref().map_or("", |open| &open.anchor);
        let head = self.labels.notes_for(self.tail());
        let healed = if is_end { None } else { Some(heal(self.tail(), open.as_ref(), self.options.math)) };
        let (keep, closing) =
            healed.as_ref().map_or((usize::MAX, ""), |healed| (healed.keep, &healed.closing));
        let kept = self.tail().get(..keep).unwrap_or(self.tail());
        let text = [&head, anchor, kept, closing].concat();
        let from = head.len() + anchor.len();
        let to = from + kept.len();
        let mut parsed = self.parse(&text, head.len());
        let shown = from + self.shown_at.saturating_sub(self.settled);
        let math = self.options.math;
        let tail = Tail { text: &text, from, to, shown, parsed: &parsed, open: open.as_ref(), math };
        let settled = if is_end { Settled::nothing(from) } else { tail.settled() };
        let groups = self.groups(&tail, &settled);
        let mut next = self.next_open(&tail, &settled);
        let is_tight = self.is_tight(&tail, is_end || settled.blocks > 0);

        let mut new = Vec::new();
        let mut names = Vec::new();
        for (index, block) in parsed.blocks.iter_mut().enumerate() {
            if index < settled.blocks || is_end {
                self.expanded += block.expanded;
            }
            new.push(mem::replace(&mut block.node, Node::new(Kind::Rule)));
            names.push(mem::take(&mut block.names));
        }
        if let (Some(open), Some(first)) = (&open, new.first_mut()) {
            open.continue_with(first, is_tight);
        }
        settled.cut_code(&mut new);
        if open.is_some() {
            diff_kept(&self.shown, &new, ops);
        } else {
            diff(&self.shown, &new, ops);
        }
        self.shown = new;

        // What is defined in text that may yet turn out otherwise.
        let is_uncertain = |name: &String| {
            parsed.defined.iter().any(|(defined, _, end)| defined == name && *end > settled.to)
        };
        let are_uncertain: Vec<_> =
            names.iter().map(|names| !is_end && names.iter().any(is_uncertain)).collect();
        let is_news = self.learn(parsed.defined, if is_end { usize::MAX } else { settled.to });
        if let Some(open) = &mut open {
            open.check(is_news, &self.labels);
        }
        for mut group in groups {
            let of_group = names.iter().zip(&are_uncertain).skip(group.block - self.blocks).take(group.count);
            for (names, is_uncertain) in of_group {
                group.is_uncertain |= is_uncertain;
                group.names.extend(names.iter().filter(|name| !self.labels.knows(name)).cloned());
            }
            if group.block == self.blocks
                && let Some(open) = &mut open
            {
                group.names.append(&mut open.names);
                group.is_stale = open.is_stale;
            }
            self.waiting.push(group, &mut self.labels);
        }
        let was_open = open.is_some();
        if let Some(next) = &mut next {
            if settled.blocks == 0
                && let Some(open) = &mut open
            {
                next.names = mem::take(&mut open.names);
                next.is_stale = open.is_stale;
            }
            next.is_stale |= are_uncertain.get(settled.blocks).is_some_and(|is_uncertain| *is_uncertain);
            let names = names.get(settled.blocks).map_or(&[][..], |names| names);
            next.names.extend(names.iter().filter(|name| !self.labels.knows(name)).cloned());
        }
        self.open = if settled.blocks == 0 { next.or(open) } else { next };
        self.forget(&settled, was_open);
        self.settled += settled.to - from;
        if settled.blocks > 0 {
            ops.push(Op::Settled(self.blocks));
        }
        self.parsed_at = self.source.len();
        self.rebuild(is_end, ops);
    }

    fn parse(&self, text: &str, from: usize) -> Parsed {
        self.parsed_bytes.set(self.parsed_bytes.get() + text.len());
        parse(text, from, self.options, &self.labels)
    }

    /// Where a place of the parsed text is in the source.
    fn source_at(&self, tail: &Tail<'_>, at: usize) -> usize {
        self.settled + at.saturating_sub(tail.from)
    }

    /// The blocks that settle, each with what belongs to it in the source.
    fn groups(&self, tail: &Tail<'_>, settled: &Settled) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (index, block) in tail.parsed.blocks.iter().enumerate().take(settled.blocks) {
            if index > 0 && !tail.is_own_start(index) {
                if let Some(group) = groups.last_mut() {
                    group.count += 1;
                }
                continue;
            }
            let start = match tail.open {
                Some(open) if index == 0 => open.start,
                _ if index == 0 => self.settled,
                _ => self.source_at(tail, tail.line_start(block.range.start)),
            };
            if let Some(group) = groups.last_mut() {
                group.end = start;
            }
            groups.push(Group::new(self.blocks + index, start));
        }
        if let Some(group) = groups.last_mut() {
            group.end = self.source_at(tail, settled.to);
        }
        groups
    }

    /// What the end continues from now on, if a part of a block is settled.
    fn next_open(&self, tail: &Tail<'_>, settled: &Settled) -> Option<Open> {
        let inside = settled.inside.as_ref()?;
        let block = tail.parsed.blocks.get(settled.blocks)?;
        let before = tail.open.filter(|_| settled.blocks == 0);
        let anchor = match (inside, before) {
            (_, Some(open)) => &open.anchor,
            (Inside::Code(_), None) if tail.is_fenced(settled.blocks, block) => {
                tail.anchor_of_fence(block)?
            }
            (Inside::Table, None) => tail.anchor_of_table(block)?,
            _ => "",
        };
        let kind = match inside {
            Inside::Code(_) => OpenKind::Code,
            Inside::Table => {
                let columns = block.node.children.first().map_or(0, |head| head.children.len());
                OpenKind::Table { cells: before.map_or(0, Open::cells) + columns * settled.parts }
            }
            Inside::List => {
                let Kind::List { start, is_tight } = block.node.kind else { return None };
                let items = block.node.children.get(..settled.parts).unwrap_or_default();
                let (start, was_loose, had_words) = match before.map(|open| open.kind) {
                    Some(OpenKind::List { start, is_loose, has_words }) => (start, is_loose, has_words),
                    _ => (start, false, false),
                };
                let is_certain = was_loose || is_tight && has_words(&block.node.children);
                let list =
                    || tail.text.get(tail.list_start(settled.blocks, block)..settled.to).unwrap_or_default();
                let is_loose =
                    was_loose || !is_certain && self.is_loose_before(list(), tail.marker(settled.to));
                OpenKind::List { start, is_loose, has_words: had_words || has_words(items) }
            }
        };
        let start = match before {
            Some(open) => open.start,
            None => self.source_at(tail, tail.line_start(block.range.start)),
        };
        Some(Open { anchor: anchor.to_owned(), kind, start, names: Vec::new(), is_stale: false })
    }

    /// Whether a list, of which a part is settled, is tight as far as it is known.
    fn is_tight(&self, tail: &Tail<'_>, is_closed: bool) -> bool {
        let Some(OpenKind::List { is_loose, has_words: had_words, .. }) = tail.open.map(|open| open.kind)
        else {
            return true;
        };
        let Some(block) = tail.parsed.blocks.first() else { return true };
        let Kind::List { is_tight, .. } = block.node.kind else { return true };
        let has_words = has_words(&block.node.children);
        let list = || tail.text.get(tail.from..block.range.end).unwrap_or_default().trim_end();
        let is_loose = is_loose
            || !is_tight
            || is_closed
                && had_words
                && !has_words
                && self.is_loose_before(&[list(), "\n"].concat(), tail.marker(tail.from));
        !(is_loose && (had_words || has_words))
    }

    /// Whether a list is loose by what stands in it: one more item, which has words, shows it.
    fn is_loose_before(&self, list: &str, marker: &str) -> bool {
        let text = [list, marker, " x"].concat();
        let parsed = self.parse(&text, 0);
        matches!(
            parsed.blocks.first().map(|block| &block.node.kind),
            Some(Kind::List { is_tight: false, .. })
        )
    }

    /// Notes what is defined in text that is settled; says whether that is new.
    fn learn(&mut self, defined: Vec<(String, super::labels::Definition, usize)>, settled: usize) -> bool {
        let mut is_news = false;
        for (name, meaning, end) in defined {
            if end <= settled && !self.labels.knows(&name) {
                is_news = true;
                let who = self.labels.define(name, meaning);
                self.waiting.wake(who);
            }
        }
        is_news
    }

    /// What is settled is no longer kept here.
    fn forget(&mut self, settled: &Settled, was_open: bool) {
        self.blocks += settled.blocks;
        self.shown.drain(..settled.blocks.min(self.shown.len()));
        let Some(first) = self.shown.first_mut() else { return };
        let parts = match settled.inside {
            // The head of a table that goes on is not shown again.
            Some(Inside::Table) if was_open && settled.blocks == 0 => settled.parts - 1,
            Some(Inside::Code(_)) => 1,
            _ => settled.parts,
        };
        first.children.drain(..parts.min(first.children.len()));
    }

    /// Shows settled blocks anew whose labels are defined by now.
    fn rebuild(&mut self, is_end: bool, ops: &mut Vec<Op>) {
        if is_end
            && let Some(open) = &mut self.open
            && open.is_stale
        {
            let mut group = Group::new(self.blocks, open.start);
            group.end = self.source.len();
            self.rebuild_group(&group, ops);
        }
        for index in self.waiting.ready(is_end) {
            if let Some(group) = self.waiting.groups.get(index) {
                self.rebuild_group(group, ops);
            }
        }
    }

    fn rebuild_group(&self, group: &Group, ops: &mut Vec<Op>) {
        let source = self.source.get(group.start..group.end).unwrap_or_default();
        let head = self.labels.notes_for(source);
        let parsed = self.parse(&[&head, source].concat(), head.len());
        for (index, block) in parsed.blocks.into_iter().enumerate().take(group.count) {
            ops.push(Op::Rebuild { block: group.block + index, node: block.node });
        }
    }

    /// The library gives up on references that make a text far longer than it is. Where that may have
    /// happened, all is shown as it reads the whole.
    fn rebuild_all(&self, ops: &mut Vec<Op>) {
        for (block, node) in super::whole(&self.source, self.options).into_iter().enumerate() {
            ops.push(Op::Rebuild { block, node });
        }
    }
}
