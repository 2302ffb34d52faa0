//! From the library's events to nodes.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::{
    autolink::link_words,
    destination::Destination,
    labels::{Labels, link_name, note_name},
    latex::Masked,
    node::{Align, DEEPEST, Kind, Node},
    parse::Block,
};

/// Nodes as the events make them.
pub struct Tree<'a> {
    labels: &'a Labels,
    source: Masked<'a>,
    /// The block at the top level that is under way.
    block: Option<Block>,
    open: Vec<Node>,
    /// How many elements are open that are left out, being too deep.
    too_deep: usize,
    aligns: Vec<Align>,
    column: usize,
    /// The names of the notes that are defined, and where.
    pub notes: Vec<(String, usize)>,
}

impl<'a> Tree<'a> {
    pub fn new(labels: &'a Labels, source: Masked<'a>) -> Self {
        Self {
            labels,
            source,
            block: None,
            open: Vec::new(),
            too_deep: 0,
            aligns: Vec::new(),
            column: 0,
            notes: Vec::new(),
        }
    }

    /// Takes the next event; gives a block of the top level when it is complete.
    pub fn event(&mut self, event: Event<'_>, range: Range<usize>) -> Option<Block> {
        match event {
            Event::Start(tag) => {
                if let Tag::FootnoteDefinition(label) = &tag {
                    self.notes.push((note_name(label), range.start + 1));
                }
                self.start(tag, range);
            }
            Event::End(tag) => return self.close(tag),
            Event::Text(text) => {
                let is_code = self.open.last().is_some_and(|top| matches!(top.kind, Kind::Code { .. }));
                let written = self.source.written(&text, range.clone(), is_code);
                self.note_piece(range);
                self.text(written.as_deref().unwrap_or(&text));
            }
            Event::Code(code) => {
                let written = self.source.written(&code, range, true);
                self.leaf(Kind::CodeSpan, written.as_deref().unwrap_or(&code));
            }
            // An amount of money follows: `$5-$10` says no formula.
            Event::InlineMath(_) if self.source.goes_on_with_digit(range.end) => {
                self.text(self.source.written.get(range).unwrap_or_default());
            }
            Event::InlineMath(math) => {
                let written = self.source.written(&math, range.start + 1..range.end - 1, true);
                self.leaf(Kind::Math { is_block: false }, written.as_deref().unwrap_or(&math));
            }
            Event::DisplayMath(math) => {
                let is_block = self.source.is_block(range.start).unwrap_or(true);
                let written = self.source.written(&math, range.start + 2..range.end - 2, true);
                self.leaf(Kind::Math { is_block }, written.as_deref().unwrap_or(&math).trim());
            }
            // Raw HTML is text: within words, and line by line in a block of its own.
            Event::InlineHtml(html) => {
                let written = self.source.written(&html, range, true);
                self.leaf(Kind::Html, written.as_deref().unwrap_or(&html));
            }
            Event::Html(html) => {
                let written = self.source.written(&html, range, true);
                self.text(written.as_deref().unwrap_or(&html));
            }
            Event::FootnoteReference(label) => {
                self.begin_words();
                self.push(Node::new(Kind::FootnoteReference(label.into_string())));
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => {
                self.begin_words();
                self.push(Node::new(Kind::Break));
            }
            Event::Rule => {
                self.end_words();
                if self.open.is_empty() {
                    return Some(block(Node::new(Kind::Rule), range));
                }
                self.push(Node::new(Kind::Rule));
            }
            Event::TaskListMarker(is_checked) => {
                if let Some(Kind::Item { checked }) = self.item() {
                    *checked = Some(is_checked);
                }
            }
        }
        None
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let kind = match tag {
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Strike,
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                Kind::Link { to: Destination::of_email(&dest_url) }
            }
            Tag::Link { link_type, dest_url, title, id } => {
                let (url, _) = self.resolved(link_type, &dest_url, &title, &id);
                Kind::Link { to: Destination::new(url) }
            }
            Tag::Image { link_type, dest_url, title, id } => {
                let (url, title) = self.resolved(link_type, &dest_url, &title, &id);
                Kind::Image { to: Destination::new(url), title: title.to_owned() }
            }
            block => return self.start_block(block, range),
        };
        self.begin_words();
        self.open(kind);
    }

    /// Where a link leads: by a label's first definition, though the text that is parsed may have a later one.
    fn resolved<'t>(
        &'t mut self,
        link: LinkType,
        url: &'t str,
        title: &'t str,
        label: &CowStr<'_>,
    ) -> (&'t str, &'t str) {
        if matches!(link, LinkType::Inline | LinkType::Autolink) {
            return (url, title);
        }
        let first = self.labels.link(label);
        let (url, title) = first.map_or((url, title), |first| (first.url.as_str(), first.title.as_str()));
        if let Some(block) = &mut self.block {
            block.names.push(link_name(label));
            block.expanded += url.len() + title.len();
        }
        (url, title)
    }

    /// Of code at the top level, so that it can be cut.
    fn note_piece(&mut self, range: Range<usize>) {
        if let [code] = self.open.as_slice()
            && matches!(code.kind, Kind::Code { .. })
            && let Some(block) = &mut self.block
        {
            let length = match code.children.last().map(|child| &child.kind) {
                Some(Kind::Text(text)) => text.len(),
                _ => 0,
            };
            block.pieces.push((range, length));
        }
    }

    fn start_block(&mut self, tag: Tag<'_>, range: Range<usize>) {
        self.end_words();
        if matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow)
            && self.open.len() == 1
            && let Some(block) = &mut self.block
        {
            block.parts.push(range.start);
        }
        if self.open.is_empty() {
            self.block = Some(block(Node::new(Kind::Rule), range.clone()));
        }
        let kind = match tag {
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                let written = self.source.written(&info, range.clone(), false);
                Kind::Code { info: written.unwrap_or_else(|| info.into_string()) }
            }
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code { info: String::new() },
            Tag::HtmlBlock => Kind::Html,
            // Until an item's paragraph shows that it is not.
            Tag::List(start) => Kind::List { start, is_tight: true },
            Tag::Item => Kind::Item { checked: None },
            Tag::FootnoteDefinition(label) => Kind::Footnote(label.into_string()),
            Tag::Table(aligns) => {
                self.aligns = aligns.into_iter().map(align).collect();
                Kind::Table
            }
            Tag::TableHead | Tag::TableRow => {
                self.column = 0;
                if matches!(tag, Tag::TableHead) { Kind::Head } else { Kind::Row }
            }
            Tag::TableCell => {
                let align = self.aligns.get(self.column).copied();
                self.column += 1;
                Kind::Cell(align.unwrap_or(Align::None))
            }
            _ => {
                self.loosen();
                Kind::Paragraph
            }
        };
        self.open(kind);
    }

    /// A paragraph that is written as such in an item: the list is loose.
    fn loosen(&mut self) {
        if let [.., list, item] = self.open.as_mut_slice()
            && self.too_deep == 0
            && matches!(item.kind, Kind::Item { .. })
            && let Kind::List { is_tight, .. } = &mut list.kind
        {
            *is_tight = false;
        }
    }

    fn close(&mut self, tag: TagEnd) -> Option<Block> {
        use TagEnd::{Emphasis, Image, Link, Paragraph, Strikethrough, Strong};
        if !matches!(tag, Emphasis | Strong | Strikethrough | Link | Image | Paragraph) {
            self.end_words();
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return None;
        }
        let mut node = self.open.pop()?;
        if self.open.is_empty() {
            if matches!(node.kind, Kind::Paragraph | Kind::Heading(_)) {
                link_words(&mut node, true);
            }
            let mut block = self.block.take()?;
            block.node = node;
            return Some(block);
        }
        self.push(node);
        None
    }

    fn open(&mut self, kind: Kind) {
        if self.open.len() < DEEPEST && self.too_deep == 0 {
            self.open.push(Node::new(kind));
        } else {
            self.too_deep += 1;
        }
    }

    /// The words of a tight item have no paragraph of their own.
    fn begin_words(&mut self) {
        if self.too_deep == 0 && self.open.last().is_some_and(|top| matches!(top.kind, Kind::Item { .. })) {
            self.open.push(Node::new(Kind::Paragraph));
        }
    }

    fn end_words(&mut self) {
        if self.too_deep > 0 {
            return;
        }
        if let [.., item, words] = self.open.as_slice()
            && matches!(item.kind, Kind::Item { .. })
            && words.kind == Kind::Paragraph
            && let Some(words) = self.open.pop()
        {
            self.push(words);
        }
    }

    fn item(&mut self) -> Option<&mut Kind> {
        let is_item = |node: &&mut Node| matches!(node.kind, Kind::Item { .. });
        self.open.iter_mut().rev().take(2).find(is_item).map(|node| &mut node.kind)
    }

    fn push(&mut self, mut node: Node) {
        let is_in_link = |node: &Node| matches!(node.kind, Kind::Link { .. } | Kind::Image { .. });
        match node.kind {
            Kind::Paragraph | Kind::Heading(_) | Kind::Cell(_) => link_words(&mut node, true),
            Kind::Emphasis | Kind::Strong | Kind::Strike | Kind::Link { .. } | Kind::Image { .. } => {
                link_words(&mut node, !self.open.iter().any(is_in_link));
            }
            _ => {}
        }
        if let Some(top) = self.open.last_mut() {
            top.children.push(node);
        }
    }

    fn leaf(&mut self, kind: Kind, text: &str) {
        self.begin_words();
        let mut node = Node::new(kind);
        if !text.is_empty() {
            node.children.push(Node::text(text));
        }
        self.push(node);
    }

    fn text(&mut self, text: &str) {
        self.begin_words();
        let Some(top) = self.open.last_mut() else { return };
        if let Some(Kind::Text(before)) = top.children.last_mut().map(|node| &mut node.kind) {
            before.push_str(text);
        } else if !text.is_empty() {
            top.children.push(Node::text(text));
        }
    }
}

fn block(node: Node, range: Range<usize>) -> Block {
    Block { node, range, parts: Vec::new(), pieces: Vec::new(), names: Vec::new(), expanded: 0 }
}

fn align(align: Alignment) -> Align {
    match align {
        Alignment::None => Align::None,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
