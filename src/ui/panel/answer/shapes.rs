//! What each kind of Markdown looks like as elements: a fixed list, with attributes of this program's
//! own. Addresses get here only where `markdown` has said that they may be opened.

use crate::{
    browser::{Drawing, El, INFO, Ink, Shape, Wrap, button, el},
    markdown::{Align, Destination, Kind},
    ui::words::Word,
};

/// What stands inside what, to find it again.
pub const WRAPS: &[Wrap] = &[
    ("figure", "code", Ink::Lines(String::new())),
    ("thead", "tr", Ink::Blocks),
    (".table", "table", Ink::Blocks),
    (".image", "span", Ink::Words),
    (".math", "code", Ink::Formula),
    ("sup", "button", Ink::Words),
    ("code, .html", ":not(*)", Ink::Plain),
    ("p, h3, h4, h5, h6, th, td, em, strong, del, a", ":not(*)", Ink::Words),
];

/// The names of labels in the page, to say them again in another language.
pub const LABELS: [(&str, Word); 9] = [
    ("code", Word::Code),
    ("copy-code", Word::CopyCode),
    ("wrap", Word::WrapLines),
    ("table", Word::Table),
    ("open-image", Word::OpenImage),
    ("done", Word::Done),
    ("to-do", Word::ToDo),
    ("note", Word::Footnote),
    ("inert", Word::InertLink),
];

pub type Say<'a> = &'a dyn Fn(Word) -> &'static str;

/// It opens in a tab of its own, and tells nobody where it came from.
const LINK: [(&str, &str); 3] =
    [("target", "_blank"), ("rel", "noopener noreferrer nofollow"), ("referrerpolicy", "no-referrer")];

pub fn shape(kind: &Kind, at: &Drawing, say: Say<'_>) -> Shape {
    let plain = |tag| whole(el(tag));
    let words = |tag| worded(el(tag));
    match kind {
        // Text is no element; a node of it never comes here.
        Kind::Text(_) => words("span"),
        Kind::Paragraph => words("p"),
        Kind::Heading(level) => heading(*level),
        Kind::Quote => plain("blockquote"),
        Kind::List { start, is_tight } => list(*start, *is_tight),
        Kind::Item { checked } => item(*checked, say),
        Kind::Code { info } => code(info, say),
        Kind::Html => inked(el("div").class("html")),
        Kind::Table => table(say),
        Kind::Head => within(el("thead"), el("tr")),
        Kind::Row => plain("tr"),
        Kind::Cell(align) => cell(*align, if at.stands_in("thead") { "th" } else { "td" }),
        Kind::Rule => plain("hr"),
        Kind::Emphasis => words("em"),
        Kind::Strong => words("strong"),
        Kind::Strike => words("del"),
        Kind::CodeSpan => inked(el("code")),
        Kind::Link { to } => worded(link(to, say)),
        Kind::Image { to, title } => image(to, title, say),
        Kind::Break => plain("br"),
        Kind::FootnoteReference(name) => reference(name, say),
        Kind::Footnote(name) => {
            let note = el("div").attrs(&[("class", "footnote"), ("tabindex", "-1")]);
            whole(note.attr("data-footnote", name))
        }
        Kind::Math { is_block } => {
            let math = el("span").class(if *is_block { "math block" } else { "math" });
            Shape { ink: Ink::Formula, ..within(math, el("code")) }
        }
    }
}

fn whole(outer: El) -> Shape {
    Shape { outer, inner: None, ink: Ink::Blocks }
}

fn worded(outer: El) -> Shape {
    Shape { outer, inner: None, ink: Ink::Words }
}

fn inked(outer: El) -> Shape {
    Shape { outer, inner: None, ink: Ink::Plain }
}

fn within(outer: El, inner: El) -> Shape {
    Shape { outer: outer.child(inner.clone()), inner: Some(inner), ink: Ink::Blocks }
}

/// Something that cannot be read by itself gets a label.
fn label(element: El, name: &str, text: &str) -> El {
    element.attrs(&[("data-word", name), ("aria-label", text), ("title", text)])
}

/// Says a word wherever the element says one: in its label and on resting, else in its text.
pub fn say(element: &El, text: &str) {
    let mut has_label = false;
    for name in ["aria-label", "title"] {
        if element.has(name) {
            element.clone().attr(name, text);
            has_label = true;
        }
    }
    if !has_label {
        element.set_text(text);
    }
}

/// Below the headings of the page itself; there are six levels, and screen readers know more.
fn heading(level: u8) -> Shape {
    let (tag, deeper) = match level {
        0 | 1 => ("h3", None),
        2 => ("h4", None),
        3 => ("h5", None),
        4 => ("h6", None),
        5 => ("h6", Some("7")),
        _ => ("h6", Some("8")),
    };
    worded(match deeper {
        Some(level) => el(tag).attr("aria-level", level),
        None => el(tag),
    })
}

fn list(start: Option<u64>, is_tight: bool) -> Shape {
    let list = match start {
        None => el("ul"),
        Some(1) => el("ol"),
        Some(start) => el("ol").attr("start", &start.to_string()),
    };
    whole(if is_tight { list.class("tight") } else { list })
}

fn item(checked: Option<bool>, say: Say<'_>) -> Shape {
    let item = el("li").attr("dir", "auto");
    let Some(is_done) = checked else { return whole(item) };
    let (name, word) = if is_done { ("done", Word::Done) } else { ("to-do", Word::ToDo) };
    let mark = el("input").attrs(&[("class", "chrome"), ("type", "checkbox"), ("disabled", "")]);
    let mark = if is_done { mark.attr("checked", "") } else { mark };
    whole(item.class("task").child(label(mark, name, say(word))))
}

fn code(info: &str, say: Say<'_>) -> Shape {
    let language = match info.split([' ', '\t', ',', '{']).next().unwrap_or_default() {
        "" => el("span").attr("data-word", "code").text(say(Word::Code)),
        language => el("span").text(language),
    };
    let button = |name, icon, word| {
        let button = button(&[("class", "icon"), ("name", name), ("data-icon", icon)]);
        label(button, name, say(word))
    };
    let wrap = button("wrap", "wrap", Word::WrapLines).attr("aria-pressed", "false");
    let copy = button("copy-code", "copy", Word::CopyCode);
    let bar = el("div").class("chrome bar").child(language.class("language")).child(wrap).child(copy);
    let code = el("code");
    let lines = el("pre").attrs(&[("tabindex", "0"), ("role", "group"), ("data-word", "code")]);
    let lines = lines.attr("aria-label", say(Word::Code)).child(code.clone());
    let outer = el("figure").attrs(&[("dir", "ltr"), (INFO, info)]).child(bar).child(lines);
    Shape { outer, inner: Some(code), ink: Ink::Lines(info.to_owned()) }
}

/// A region that scrolls by itself, with the keyboard too: the page is never wider than the screen.
fn table(say: Say<'_>) -> Shape {
    let outer = el("div").attrs(&[("class", "table"), ("role", "region"), ("tabindex", "0")]);
    within(outer.attrs(&[("data-word", "table"), ("aria-label", say(Word::Table))]), el("table"))
}

fn cell(align: Align, tag: &'static str) -> Shape {
    let cell = el(tag).attr("dir", "auto");
    worded(match align {
        Align::None => cell,
        Align::Left => cell.class("left"),
        Align::Center => cell.class("center"),
        Align::Right => cell.class("right"),
    })
}

fn link(to: &Destination, say: Say<'_>) -> El {
    match to {
        Destination::Open { url, host_shown } => {
            let link = el("a").attrs(&LINK).attrs(&[("href", url), ("title", url)]);
            match host_shown {
                Some(host) => link.attr("data-host", host),
                None => link,
            }
        }
        Destination::Mail(url) => el("a").attrs(&LINK).attrs(&[("href", url), ("title", url)]),
        Destination::Inert => {
            let text = say(Word::InertLink);
            el("a").attrs(&[("class", "inert"), ("data-word", "inert"), ("title", text)])
        }
    }
}

/// Nothing is loaded: what stands there is the text in its place, and a button that opens it elsewhere.
fn image(to: &Destination, title: &str, say: Say<'_>) -> Shape {
    let shape = within(el("span").class("image"), el("span"));
    let outer = if title.is_empty() { shape.outer } else { shape.outer.attr("title", title) };
    let outer = match to {
        Destination::Open { url, .. } => {
            let open = button(&[("class", "chrome"), ("name", "open-image"), ("value", url)]);
            let word = el("span").attr("data-word", "open-image").text(say(Word::OpenImage));
            outer.child(open.child(word).text(" ").child(el("bdi").text(to.host().unwrap_or_default())))
        }
        _ => outer,
    };
    Shape { outer, ink: Ink::Words, ..shape }
}

fn reference(name: &str, say: Say<'_>) -> Shape {
    let open =
        button(&[("name", "note"), ("value", name), ("data-word", "note"), ("title", say(Word::Footnote))]);
    Shape { ink: Ink::Words, ..within(el("sup"), open.text(name)) }
}
