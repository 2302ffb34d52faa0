//! A comparison as one file that any browser shows, without a network and without a script.
//!
//! What was asked and answered gets into it through [`Out`] alone: its [`text`](Out::text) and
//! [`attribute`](Out::attribute) escape everything that HTML could read, and elements and attributes are this
//! program's own words. Should one of them ever fail, the file's own policy lets nothing be loaded and nothing run:
//! only the style whose hash it names, and pictures that stand in the file itself.

use crate::{
    export::markdown,
    grid::{
        comparison::{
            Column, ReplyId, RoundId,
            reply::End,
            round::{Attachment, Cell, FileInfo, FileKind},
        },
        record::Whole,
    },
    markdown::{Align, Destination, Kind, Node, Options, whole as nodes_of},
};

pub const STYLE: &str = include_str!("page.css");
/// SHA-256 of [`STYLE`], in base64, as a policy names it (CSP 3, "Hashes"). A test holds it.
pub const STYLE_HASH: &str = "Wg0oT7iDwtrPKuvwp0moKTtAD5sJlbEVUymHReRvUVE=";

/// The page's own words, in the language of whoever exports.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// As a BCP 47 tag.
    pub language: &'a str,
    pub common: markdown::Words<'a>,
    pub reasoning: &'a str,
    pub table: &'a str,
    pub done: &'a str,
    pub to_do: &'a str,
}

pub fn write(whole: &Whole, words: &Words<'_>) -> String {
    let comparison = &whole.comparison;
    let mut out = Out::default();
    out.raw("<!doctype html>\n");
    out.open("html", &[("lang", words.language)]);
    out.raw("<head>\n<meta charset=\"utf-8\">\n");
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-";
    let policy = [policy, STYLE_HASH, "'"].concat();
    out.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    // Nobody learns whose links are followed, and browsers look up no hosts of them.
    out.raw("\n<meta name=\"referrer\" content=\"no-referrer\">\n");
    out.raw("<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\n");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.element("title", &[], comparison.title());
    out.raw("\n<style>");
    out.raw(STYLE);
    out.raw("</style>\n</head>\n<body>\n");
    out.element("h1", &[("dir", "auto")], comparison.title());
    for (number, id) in (1_u32..).zip(comparison.path(comparison.tip())) {
        out.raw("\n<section>\n");
        out.element("h2", &[], &[words.common.prompt, " ", &number.to_string()].concat());
        asked(whole, id, words, &mut out);
        out.raw("\n<div class=\"grid\">\n");
        for column in comparison.columns() {
            let cell = comparison.round(id).and_then(|round| round.cell(column.id));
            if let Some(cell) = cell {
                article(whole, id, column, cell, words, &mut out);
            }
        }
        out.raw("</div>\n</section>\n");
    }
    out.raw("</body>\n</html>\n");
    out.0
}

fn asked(whole: &Whole, id: RoundId, words: &Words<'_>, out: &mut Out) {
    let Some(prompt) = whole.comparison.round(id).map(|round| &round.prompt) else { return };
    out.raw("<div class=\"asked\">");
    for attachment in &prompt.attachments {
        match attachment {
            Attachment::File(id) => {
                let info = whole.comparison.files().get(id.0 as usize);
                let content = whole.files.get(id).map_or("", String::as_str);
                info.into_iter().for_each(|info| file(info, content, words, out));
            }
            Attachment::Answer { by, text, .. } => {
                out.raw("<details>");
                out.element("summary", &[("dir", "auto")], &[words.common.attached, ": ", by].concat());
                out.element("p", &[("dir", "auto")], text);
                out.raw("</details>");
            }
        }
    }
    out.element("p", &[("dir", "auto")], &prompt.text);
    out.raw("</div>");
}

fn file(info: &FileInfo, content: &str, words: &Words<'_>, out: &mut Out) {
    if info.kind == FileKind::Text {
        out.raw("<details>");
        out.element("summary", &[("dir", "auto")], &[words.common.attached, ": ", &info.name].concat());
        out.raw("<pre><code dir=\"auto\">");
        out.text(content);
        out.raw("</code></pre></details>");
        return;
    }
    out.open("span", &[("class", "file"), ("dir", "auto")]);
    // What came with an import may be anything.
    let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&&*info.media_type);
    let is_base64 = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=');
    if is_picture && content.bytes().all(is_base64) {
        let source = ["data:", &info.media_type, ";base64,", content].concat();
        out.open("img", &[("alt", &info.name), ("src", &source)]);
    }
    out.text(&info.name);
    out.raw("</span>");
}

fn article(whole: &Whole, round: RoundId, column: &Column, cell: &Cell, words: &Words<'_>, out: &mut Out) {
    let version = u32::try_from(cell.chosen).unwrap_or_default();
    let id = ReplyId { round, column: column.id, version };
    let reply = whole.comparison.reply(id);
    out.raw("<article>");
    out.raw("<h3 dir=\"auto\">");
    // Who answered, which need not be what the column is now.
    let settings = reply.and_then(|reply| whole.comparison.setup(reply)).unwrap_or(&column.settings);
    out.text(settings.model.trim());
    out.open("span", &[("class", "about")]);
    out.text(" · ");
    out.text(&settings.row().name);
    if cell.versions.len() > 1 {
        out.text(&[" · ", &(cell.chosen + 1).to_string(), "/", &cell.versions.len().to_string()].concat());
    }
    out.raw("</span>");
    if reply.is_some_and(|reply| reply.is_winner) {
        out.text(" ");
        out.element("span", &[("class", "best")], &["★ ", words.common.winner].concat());
    }
    out.raw("</h3>");
    let versions = whole.comparison.versions(id);
    let answers: Vec<_> = versions.iter().filter_map(|id| whole.answers.get(id)).collect();
    let thoughts: String = answers.iter().flat_map(|answer| &answer.reasoning).map(String::as_str).collect();
    if !thoughts.trim().is_empty() {
        out.raw("<details>");
        out.element("summary", &[], words.reasoning);
        out.element("p", &[("dir", "auto")], &thoughts);
        out.raw("</details>");
    }
    let said = answers.iter().flat_map(|answer| [answer.text.as_str(), answer.refusal.as_str()]);
    let text: String = said.collect();
    out.open("div", &[("class", "prose"), ("dir", "auto")]);
    let mut writer = Writer { words, out, is_in_link: false };
    writer.nodes(&nodes_of(&text, Options { math: true }));
    out.raw("</div>");
    let error = reply.and_then(|reply| reply.error.as_deref()).map_or("", |error| &error.message);
    let end = match reply.map(|reply| reply.end) {
        None => Some(words.common.no_answer),
        Some(End::Failed) => Some(words.common.failed),
        Some(End::Open) => Some(words.common.incomplete),
        Some(end) if end.is_incomplete() => Some(words.common.incomplete),
        Some(_) if text.trim().is_empty() => Some(words.common.no_answer),
        Some(_) => None,
    };
    if let Some(end) = end {
        let end = if error.trim().is_empty() { end.to_owned() } else { [end, " ", error].concat() };
        out.element("p", &[("class", "end"), ("dir", "auto")], &end);
    }
    if let Some(note) = reply.map(|reply| reply.note.trim()).filter(|note| !note.is_empty()) {
        out.open("div", &[("class", "note")]);
        out.element("p", &[("class", "about")], words.common.note);
        out.element("p", &[("dir", "auto")], note);
        out.raw("</div>");
    }
    out.raw("</article>\n");
}

/// An answer's tree, as elements of a fixed list.
struct Writer<'a, 'w> {
    words: &'a Words<'w>,
    out: &'a mut Out,
    /// A link within a link is words.
    is_in_link: bool,
}

impl Writer<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        nodes.iter().for_each(|node| self.node(node));
    }

    fn within(&mut self, tag: &str, attributes: &[(&str, &str)], nodes: &[Node]) {
        self.out.open(tag, attributes);
        self.nodes(nodes);
        self.out.close(tag);
    }

    /// No deeper than [`DEEPEST`](crate::markdown::node::DEEPEST).
    fn node(&mut self, node: &Node) {
        let children = &node.children;
        match &node.kind {
            Kind::Text(text) => self.out.text(text),
            Kind::Paragraph => self.within("p", &[("dir", "auto")], children),
            Kind::Heading(level) => self.heading(*level, children),
            Kind::Quote => self.within("blockquote", &[], children),
            Kind::List { start, is_tight } => self.list(*start, *is_tight, children),
            Kind::Item { checked } => {
                self.out.open("li", &[("dir", "auto")]);
                if let Some(is_done) = *checked {
                    let (mark, says) =
                        if is_done { ("☑", self.words.done) } else { ("☐", self.words.to_do) };
                    self.out.element("span", &[("role", "img"), ("aria-label", says)], mark);
                    self.out.text(" ");
                }
                self.nodes(children);
                self.out.close("li");
            }
            Kind::Code { info } => {
                let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
                if !language.is_empty() {
                    self.out.element("p", &[("class", "language"), ("dir", "ltr")], language);
                }
                self.out.open("pre", &[("dir", "ltr"), ("tabindex", "0")]);
                self.within("code", &[], children);
                self.out.close("pre");
            }
            // Within words too, where no block may stand.
            Kind::Html => self.within("span", &[("class", "html")], children),
            Kind::Table => self.table(children),
            // Only a table has these: see there.
            Kind::Head | Kind::Row | Kind::Cell(_) => self.nodes(children),
            Kind::Rule => self.out.open("hr", &[]),
            Kind::Emphasis => self.within("em", &[], children),
            Kind::Strong => self.within("strong", &[], children),
            Kind::Strike => self.within("del", &[], children),
            Kind::CodeSpan => self.within("code", &[], children),
            Kind::Link { to } => self.link(to, children),
            Kind::Image { to, title } => self.image(to, title, children),
            Kind::Break => self.out.open("br", &[]),
            Kind::FootnoteReference(name) => self.out.element("sup", &[], &["[", name, "]"].concat()),
            Kind::Footnote(name) => {
                self.out.open("div", &[("class", "footnote"), ("dir", "auto")]);
                self.out.element("span", &[], &["[", name, "] "].concat());
                self.nodes(children);
                self.out.close("div");
            }
            Kind::Math { is_block } => {
                self.out.open("span", &[("class", if *is_block { "math block" } else { "math" })]);
                self.within("code", &[("dir", "ltr")], children);
                self.out.close("span");
            }
        }
    }

    /// Below those of the file itself.
    fn heading(&mut self, level: u8, children: &[Node]) {
        match level {
            0 | 1 => self.within("h4", &[("dir", "auto")], children),
            2 => self.within("h5", &[("dir", "auto")], children),
            3 => self.within("h6", &[("dir", "auto")], children),
            deeper => {
                let level = (deeper + 3).to_string();
                self.within("h6", &[("dir", "auto"), ("aria-level", &level)], children);
            }
        }
    }

    fn list(&mut self, start: Option<u64>, is_tight: bool, children: &[Node]) {
        let number = start.filter(|start| *start != 1).map(|start| start.to_string());
        let start_at = number.as_deref().map(|number| ("start", number));
        let class = is_tight.then_some(("class", "tight"));
        let attributes: Vec<_> = start_at.into_iter().chain(class).collect();
        self.within(if start.is_some() { "ol" } else { "ul" }, &attributes, children);
    }

    fn table(&mut self, children: &[Node]) {
        let label = self.words.table;
        let region = [("class", "table"), ("role", "region"), ("tabindex", "0"), ("aria-label", label)];
        self.out.open("div", &region);
        self.out.open("table", &[]);
        for row in children {
            let (part, tag) = if row.kind == Kind::Head { ("thead", "th") } else { ("tbody", "td") };
            self.out.open(part, &[]);
            self.out.open("tr", &[]);
            for cell in &row.children {
                let class = match cell.kind {
                    Kind::Cell(Align::Left) => Some("left"),
                    Kind::Cell(Align::Center) => Some("center"),
                    Kind::Cell(Align::Right) => Some("right"),
                    _ => None,
                };
                let class = class.map(|class| ("class", class));
                let attributes: Vec<_> = [("dir", "auto")].into_iter().chain(class).collect();
                self.within(tag, &attributes, &cell.children);
            }
            self.out.close("tr");
            self.out.close(part);
        }
        self.out.close("table");
        self.out.close("div");
    }

    fn link(&mut self, to: &Destination, children: &[Node]) {
        let (url, host) = match to {
            _ if self.is_in_link => return self.nodes(children),
            Destination::Inert => return self.within("span", &[("class", "inert")], children),
            Destination::Open { url, host_shown } => (url, host_shown.as_deref()),
            Destination::Mail(url) => (url, None),
        };
        // It opens in a tab of its own, and tells nobody where it came from.
        let rel = ("rel", "noopener noreferrer nofollow");
        self.is_in_link = true;
        self.within("a", &[("href", url), ("title", url), ("target", "_blank"), rel], children);
        self.is_in_link = false;
        if let Some(host) = host {
            self.out.element("span", &[("class", "about")], &[" (", host, ")"].concat());
        }
    }

    /// Nothing is loaded: the text in its place, and whose it would be.
    fn image(&mut self, to: &Destination, title: &str, children: &[Node]) {
        let was_in_link = std::mem::replace(&mut self.is_in_link, true);
        let title = (!title.is_empty()).then_some(("title", title));
        let attributes: Vec<_> = [("class", "image")].into_iter().chain(title).collect();
        self.out.open("span", &attributes);
        self.nodes(children);
        if let Some(host) = to.host() {
            self.out.text(" (");
            self.out.element("bdi", &[], host);
            self.out.text(")");
        }
        self.out.close("span");
        self.is_in_link = was_in_link;
    }
}

/// The only place where HTML is made.
#[derive(Default)]
struct Out(String);

impl Out {
    /// This program's own words.
    fn raw(&mut self, html: &'static str) {
        self.0.push_str(html);
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.attribute(name, value);
        }
        self.0.push('>');
    }

    fn close(&mut self, tag: &str) {
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push('>');
    }

    fn element(&mut self, tag: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close(tag);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        self.text(value);
        self.0.push('"');
    }

    /// Nothing in it means anything, neither between elements nor between quotes (HTML, "Escaping a string").
    fn text(&mut self, text: &str) {
        let mut letters = text.chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Line ends of every kind are one (HTML, "Preprocessing the input stream").
                '\r' if letters.peek() == Some(&'\n') => {}
                '\r' => self.0.push('\n'),
                '\t' | '\n' => self.0.push(c),
                // What no document may hold (HTML, "Preprocessing the input stream").
                c if c.is_control() => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
    }
}
