//! From the library's events to nodes.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::{
    Options,
    destination::Destination,
    node::{Align, DEEPEST, Kind, Node},
};

pub fn parse(text: &str, options: Options) -> Vec<Node> {
    let mut tree = Tree::default();
    for event in Parser::new_ext(text, syntax(options)) {
        tree.event(event);
    }
    tree.end()
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

/// Nodes as the events make them.
#[derive(Default)]
pub struct Tree {
    done: Vec<Node>,
    open: Vec<Node>,
    /// How many elements are open that are left out, being too deep.
    too_deep: usize,
    aligns: Vec<Align>,
    column: usize,
}

impl Tree {
    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.leaf(Kind::CodeSpan, &code),
            Event::InlineMath(math) => self.leaf(Kind::Math { is_block: false }, &math),
            Event::DisplayMath(math) => self.leaf(Kind::Math { is_block: true }, &math),
            // Raw HTML is text: within words, and line by line in a block of its own.
            Event::InlineHtml(html) | Event::Html(html) => self.text(&html),
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
                self.push(Node::new(Kind::Rule));
            }
            Event::TaskListMarker(is_checked) => {
                if let Some(Kind::Item { checked }) = self.item() {
                    *checked = Some(is_checked);
                }
            }
        }
    }

    pub fn end(mut self) -> Vec<Node> {
        while let Some(node) = self.open.pop() {
            self.push(node);
        }
        self.done
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = match tag {
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Strike,
            Tag::Link { link_type, dest_url, .. } => Kind::Link {
                to: Destination::of_link(&dest_url, link_type == pulldown_cmark::LinkType::Email),
            },
            Tag::Image { dest_url, title, .. } => {
                Kind::Image { to: Destination::new(&dest_url), title: title.into_string() }
            }
            block => return self.start_block(block),
        };
        self.begin_words();
        self.open(kind);
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        self.end_words();
        let kind = match tag {
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code { info: info.into_string() },
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

    fn close(&mut self, tag: TagEnd) {
        if !matches!(
            tag,
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
        ) && tag != TagEnd::Paragraph
        {
            self.end_words();
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(node) = self.open.pop() {
            self.push(node);
        }
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

    fn siblings(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(top) => &mut top.children,
            None => &mut self.done,
        }
    }

    fn push(&mut self, node: Node) {
        self.siblings().push(node);
    }

    fn leaf(&mut self, kind: Kind, text: &str) {
        self.begin_words();
        self.push(Node { kind, children: vec![Node::text(text)] });
    }

    fn text(&mut self, text: &str) {
        self.begin_words();
        let siblings = self.siblings();
        if let Some(Kind::Text(before)) = siblings.last_mut().map(|node| &mut node.kind) {
            before.push_str(text);
        } else if !text.is_empty() {
            siblings.push(Node::text(text));
        }
    }
}

fn align(align: Alignment) -> Align {
    match align {
        Alignment::None => Align::None,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}
