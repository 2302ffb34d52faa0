//! How much of the unfinished end cannot change any more, whatever follows.

use super::{
    labels::Labels,
    latex::is_open,
    node::{Kind, Node},
    parse::{Block, Parsed},
};

/// Lines of code settle so many bytes at a time, and not one by one: each settled piece is a text of its own.
const CODE_PIECE: usize = 1 << 10;
/// The library stops to fill up rows at so many missing cells of a table, wherever it began (2^18): a table
/// that may come near stays whole.
const MOST_CELLS: usize = 1 << 17;

/// What was parsed, in coordinates of the parsed text.
pub struct Tail<'a> {
    pub text: &'a str,
    /// Where the unsettled text begins; what stands before is there for its effect.
    pub from: usize,
    /// Up to here the text is the source's own.
    pub to: usize,
    pub parsed: &'a Parsed,
    /// Up to here the source was shown before.
    pub shown: usize,
    /// What the first block continues.
    pub open: Option<&'a Open>,
    /// LaTeX may stand over a line's end, so text is not cut everywhere.
    pub math: bool,
}

/// A block of which the beginning is settled.
#[derive(Clone, Debug)]
pub struct Open {
    /// What gives the rest its meaning when it stands before it: the line that opens a fence, a table's head.
    pub anchor: String,
    pub kind: OpenKind,
    /// Where the block begins in the source.
    pub start: usize,
    /// What its settled part refers to and is not defined yet.
    pub names: Vec<String>,
    /// Something of that was defined after it was shown.
    pub is_stale: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum OpenKind {
    Code,
    Table {
        /// How many may have been filled up so far.
        cells: usize,
    },
    List {
        start: Option<u64>,
        is_loose: bool,
        has_words: bool,
    },
}

impl Open {
    pub fn cells(&self) -> usize {
        if let OpenKind::Table { cells } = self.kind { cells } else { 0 }
    }

    /// Makes of the parsed block, which the anchor began, what comes after the settled part.
    pub fn continue_with(&self, block: &mut Node, is_tight: bool) {
        match (self.kind, &mut block.kind) {
            (OpenKind::Table { .. }, Kind::Table) if !block.children.is_empty() => {
                block.children.remove(0);
            }
            (OpenKind::List { start, .. }, kind) => *kind = Kind::List { start, is_tight },
            _ => {}
        }
    }

    /// Looks whether what the settled part refers to is defined by now.
    pub fn check(&mut self, is_news: bool, labels: &Labels) {
        if is_news {
            let before = self.names.len();
            self.names.retain(|name| !labels.knows(name));
            self.is_stale |= self.names.len() < before;
        }
    }
}

/// Where the settled text ends now.
#[derive(Debug, Default)]
pub struct Settled {
    /// How many blocks are settled as a whole.
    pub blocks: usize,
    /// How many items or rows of the block after them.
    pub parts: usize,
    /// The end in the parsed text.
    pub to: usize,
    /// The block after them goes on behind this.
    pub inside: Option<Inside>,
}

#[derive(Debug)]
pub enum Inside {
    /// With the place in the code where the text is cut.
    Code(usize),
    Table,
    List,
}

impl Settled {
    pub fn nothing(from: usize) -> Self {
        Self { to: from, ..Self::default() }
    }

    /// Cuts the code that is settled in part, so that what follows is a text of its own.
    pub fn cut_code(&self, nodes: &mut [Node]) {
        if let Some(Inside::Code(place)) = self.inside
            && let Some(code) = nodes.get_mut(self.blocks)
            && let Some(Kind::Text(text)) = code.children.first_mut().map(|text| &mut text.kind)
            && text.is_char_boundary(place)
        {
            let rest = text.split_off(place);
            if !rest.is_empty() {
                code.children.push(Node::text(rest));
            }
        }
    }
}

impl Tail<'_> {
    pub fn settled(&self) -> Settled {
        let blocks = &self.parsed.blocks;
        let mut settled = Settled::nothing(self.from);
        // The last block whose beginning is certain.
        let Some(last) = (0..blocks.len()).rev().find(|index| self.is_begun(*index)) else { return settled };
        let Some(block) = blocks.get(last) else { return settled };
        if last > 0 {
            settled.blocks = last;
            settled.to = self.line_start(block.range.start);
        }
        let (to, parts, inside) = match &block.node.kind {
            Kind::List { .. } => self.items(block),
            Kind::Table => self.rows(last, block),
            Kind::Code { .. } if last + 1 == blocks.len() => self.code(last, block),
            _ => None,
        }
        .unwrap_or((settled.to, 0, None));
        Settled { blocks: settled.blocks, parts, to, inside }
    }

    /// Whether a block begins where it seems to, whatever follows, and would begin there if nothing stood
    /// before it.
    pub fn is_begun(&self, index: usize) -> bool {
        let Some(block) = self.parsed.blocks.get(index) else { return false };
        let is_table = block.node.kind == Kind::Table;
        // The line under a table's head makes it one.
        let first = self.line_end(block.range.start);
        let is_complete =
            if is_table { first.and_then(|end| self.line_end(end)).is_some() } else { first.is_some() };
        is_complete && self.is_own_start(index)
    }

    fn is_label(&self, block: &Block) -> bool {
        self.text.get(block.range.start..).is_some_and(|rest| rest.starts_with('['))
    }

    /// Whether what follows means the same when what stands before is gone.
    fn may_cut(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        // LaTeX does not reach over a blank line.
        let words = before.rfind("\n\n").and_then(|blank| before.get(blank..)).unwrap_or(before);
        !self.math || !is_open(words)
    }

    fn may_anchor(&self, anchor: &str) -> bool {
        !self.math || !is_open(anchor)
    }

    /// Whether a block, parsed alone from its line on, is the same block.
    pub fn is_own_start(&self, index: usize) -> bool {
        let Some(block) = self.parsed.blocks.get(index) else { return false };
        if index == 0 && self.open.is_some() {
            return true;
        }
        let start = self.line_start(block.range.start);
        let indent = self.text.get(start..block.range.start).unwrap_or_default();
        // Indented so far it would be code, and is none where a note ends in its own indented lines.
        let is_far = indent.len() > 3 || indent.contains('\t');
        if !is_blank(indent) || is_far && !matches!(block.node.kind, Kind::Code { .. }) {
            return false;
        }
        let before = self.text.get(..start).unwrap_or_default();
        let line_before = before.strip_suffix('\n').unwrap_or(before).rsplit('\n').next().unwrap_or_default();
        if !self.may_cut(start) {
            return false;
        }
        if start <= self.from || is_blank(line_before) {
            return true;
        }
        // The label of a definition may begin with what looks like a table, and go on.
        let label = index.checked_sub(1).and_then(|before| self.parsed.blocks.get(before));
        if label.is_some_and(|before| before.node.kind == Kind::Table && self.is_label(before)) {
            return false;
        }
        match block.node.kind {
            // A definition before it may go on (its title on a line of its own), and what follows one is not
            // always read as it would be alone.
            Kind::Paragraph | Kind::Heading(_) | Kind::Table => {
                let is_table = block.node.kind == Kind::Table;
                let first = self.text.get(block.range.start..).and_then(|rest| rest.chars().next());
                first.is_some_and(|first| first.is_alphabetic() || first == '#' || first == '|' && is_table)
            }
            _ => true,
        }
    }

    fn items(&self, block: &Block) -> Option<(usize, usize, Option<Inside>)> {
        let starts = block.parts.iter().enumerate().skip(1).rev();
        let (part, start) = starts
            .map(|(part, start)| (part, self.line_start(*start), *start))
            .find(|(_, line, start)| self.is_blank(*line, *start) && self.line_end(*start).is_some())
            .map(|(part, line, _)| (part, line))?;
        (start > self.from && self.may_cut(start)).then_some((start, part, Some(Inside::List)))
    }

    fn rows(&self, index: usize, block: &Block) -> Option<(usize, usize, Option<Inside>)> {
        // Without the head.
        let last = block.parts.len().checked_sub(1).filter(|last| *last > 0)?;
        let start = self.line_start(*block.parts.get(last)?);
        let columns = block.node.children.first().map_or(0, |head| head.children.len());
        let before = self.open.filter(|_| index == 0).map_or(0, Open::cells);
        let is_near_limit = before + columns * last > MOST_CELLS;
        let is_anchored = index == 0 && self.open.is_some() || self.anchor_of_table(block).is_some();
        let is_anchored = is_anchored && self.may_cut(start) && !self.is_label(block);
        (start > self.from && start < self.to && !is_near_limit && is_anchored).then_some((
            start,
            last,
            Some(Inside::Table),
        ))
    }

    fn code(&self, index: usize, block: &Block) -> Option<(usize, usize, Option<Inside>)> {
        let from = if index == 0 { self.from } else { self.line_start(block.range.start) };
        let is_fenced = self.is_fenced(index, block);
        let end = block.pieces.last().map_or(0, |(range, _)| range.end);
        // The fence was closed, or what is shown is not yet what was said.
        if end != self.text.len() || end != self.to {
            return None;
        }
        let text = self.text.get(from..self.to)?;
        let cut = if is_fenced {
            from + text.rfind('\n')? + 1
        } else {
            // Blank lines at the end of indented code are not part of it, so it is cut before a line.
            let complete = text.rfind('\n')?;
            let line = text.get(..complete)?.rfind('\n')? + 1;
            text.get(line..complete)?.strip_prefix("    ").filter(|line| !is_blank(line))?;
            from + line
        };
        let is_anchored =
            !is_fenced || index == 0 && self.open.is_some() || self.anchor_of_fence(block).is_some();
        if !is_anchored || !self.may_cut(cut) {
            return None;
        }
        if cut < from + CODE_PIECE || is_fenced && cut < self.shown {
            return None;
        }
        let (range, place) = block.pieces.iter().find(|(range, _)| range.start < cut && cut <= range.end)?;
        Some((cut, 0, Some(Inside::Code(place + cut - range.start))))
    }

    pub fn is_fenced(&self, index: usize, block: &Block) -> bool {
        match self.open {
            Some(open) if index == 0 => !open.anchor.is_empty(),
            _ => self.text.get(block.range.start..).is_some_and(|rest| rest.starts_with(['`', '~'])),
        }
    }

    /// Where the source of a list begins that is parsed.
    pub fn list_start(&self, index: usize, block: &Block) -> usize {
        if index == 0 && self.open.is_some() { self.from } else { self.line_start(block.range.start) }
    }

    /// The marker of the item that begins here.
    pub fn marker(&self, at: usize) -> &str {
        let item = self.text.get(at..).unwrap_or_default().trim_start();
        let digits = item.bytes().take_while(u8::is_ascii_digit).count();
        item.get(..=digits).unwrap_or("-")
    }

    /// The lines of a block that give their meaning to all that follow in it.
    pub fn anchor_of_table(&self, block: &Block) -> Option<&str> {
        let start = self.line_start(block.range.start);
        let end = self.line_end(block.range.start).and_then(|end| self.line_end(end))?;
        let anchor = self.text.get(start..end).filter(|anchor| !anchor.replace("\r\n", "").contains('\r'))?;
        self.may_anchor(anchor).then_some(anchor)
    }

    pub fn anchor_of_fence(&self, block: &Block) -> Option<&str> {
        let anchor = self.text.get(self.line_start(block.range.start)..self.line_end(block.range.start)?)?;
        self.may_anchor(anchor).then_some(anchor)
    }

    pub fn line_start(&self, at: usize) -> usize {
        let before = self.text.get(self.from.min(at)..at).unwrap_or_default();
        at - before.len() + before.rfind(['\n', '\r']).map_or(0, |end| end + 1)
    }

    /// The end of a line that is complete, with its line feed.
    fn line_end(&self, at: usize) -> Option<usize> {
        self.text.get(at..self.to)?.find('\n').map(|end| at + end + 1)
    }

    fn is_blank(&self, from: usize, to: usize) -> bool {
        self.text.get(from..to).is_some_and(is_blank)
    }
}

/// As the library sees it: other spaces than these are words.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'..=b'\r'))
}

/// Whether an item or several have words of their own, which show whether the list is loose.
pub fn has_words(items: &[Node]) -> bool {
    items.iter().any(|item| item.children.iter().any(|child| child.kind == Kind::Paragraph))
}
