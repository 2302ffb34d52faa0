//! The converter's text becomes a tree of listed elements and attributes, or nothing.
//!
//! | what | bytes |
//! |---|---|
//! | an element begins | `1`, its number in [`ELEMENTS`], how many attributes, and for each: its number in [`ATTRIBUTES`], length (LEB128), value |
//! | text | `2`, length (LEB128), text |
//! | an element ends | `3` |
//!
//! The page has the same two lists, from the same file, and writes nothing else.

use crate::lists::{ATTRIBUTES, ELEMENTS};

/// Declarations that the converter writes, each with a class of the page's style sheet. The page's policy
/// allows no styles of elements.
const STYLES: &[(&str, &str)] = &[
    ("text-align: left", "left"),
    ("text-align: right", "right"),
    ("padding-left: 0", "no-left"),
    ("padding-right: 0", "no-right"),
    ("border-left: 0.05em solid currentcolor", "line-left"),
    ("border-right: 0.05em solid currentcolor", "line-right"),
    ("border-top: 0.05em solid currentcolor", "line-top"),
    ("border-left: 0.05em dashed currentcolor", "line-left"),
    ("border-right: 0.05em dashed currentcolor", "line-right"),
    ("border-top: 0.05em dashed currentcolor", "line-top"),
    ("width: 100%", "wide"),
    ("width: 50%", "half"),
];

/// Elements of HTML that the converter puts into text, each with a class.
const INLINE: &[(&str, &str)] = &[
    ("b", "bold"),
    ("i", "italic"),
    ("em", "italic"),
    ("code", "mono"),
    ("s", "struck"),
    ("u", "under"),
    ("span", ""),
];

/// Deeper trees are not shown: whoever builds them may walk them in a recursion.
const DEPTH: usize = 200;

/// `None`: something in it is not on the lists, or it is no tree.
pub fn encode(markup: &str) -> Option<Vec<u8>> {
    let mut writer = Writer::default();
    let mut rest = markup;
    while !rest.is_empty() {
        if let Some(tag) = rest.strip_prefix('<') {
            let (tag, after) = tag.split_once('>')?;
            rest = after;
            match tag.strip_prefix('/') {
                Some(name) => writer.close(name)?,
                None => writer.open(tag)?,
            }
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at_checked(end)?;
            writer.text(&unescaped(text)?)?;
            rest = after;
        }
    }
    (writer.open.is_empty() && !writer.bytes.is_empty()).then_some(writer.bytes)
}

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    /// The names of the elements that are open.
    open: Vec<String>,
}

impl Writer {
    fn open(&mut self, tag: &str) -> Option<()> {
        let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let is_first = self.open.is_empty();
        if is_first != (name == "math") || (is_first && !self.bytes.is_empty()) || self.open.len() >= DEPTH {
            return None;
        }
        let mut classes = Vec::new();
        let mut values = self.attributes(attributes, &mut classes)?;
        let inline = INLINE.iter().find(|(inline, _)| *inline == name);
        match inline {
            Some((_, class)) => self.begin("mtext", &[("class", (*class).to_owned())])?,
            // No part of MathML Core; the line over it is drawn by the style sheet.
            None if name == "menclose" => self.begin("mrow", &[("class", classes.join(" "))])?,
            None => {
                if !classes.is_empty() {
                    values.push(("class", classes.join(" ")));
                }
                self.begin(name, &values)?;
            }
        }
        if is_closed {
            self.bytes.push(3);
        } else {
            self.open.push(name.to_owned());
        }
        Some(())
    }

    fn begin(&mut self, name: &str, attributes: &[(&str, String)]) -> Option<()> {
        let number = |list: &[&str], name: &str| u8::try_from(list.iter().position(|it| *it == name)?).ok();
        self.bytes.extend([1, number(ELEMENTS, name)?, u8::try_from(attributes.len()).ok()?]);
        for (name, value) in attributes {
            self.bytes.push(number(ATTRIBUTES, name)?);
            self.string(value);
        }
        Some(())
    }

    /// As they are, but for styles, which become classes and attributes.
    fn attributes<'a>(
        &self,
        mut rest: &'a str,
        classes: &mut Vec<&'static str>,
    ) -> Option<Vec<(&'a str, String)>> {
        let mut values = Vec::new();
        while !rest.trim_start().is_empty() {
            let (name, after) = rest.trim_start().split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            rest = after;
            match name {
                "style" => {
                    for declaration in value.split(';').map(str::trim) {
                        if let Some(colour) = declaration.strip_prefix("color:") {
                            values.push(("mathcolor", colour.trim().to_owned()));
                        } else if let Some(size) = declaration.strip_prefix("font-size:") {
                            values.push(("mathsize", size.trim().to_owned()));
                        } else {
                            let known = STYLES.iter().find(|(style, _)| *style == declaration);
                            classes.extend(known.map(|(_, class)| *class));
                        }
                    }
                }
                // The converter's own are for a style sheet of its own.
                "class" => {}
                "notation" => {
                    classes.push("cancel");
                    if value.contains("horizontal") {
                        classes.push("level");
                    }
                }
                _ => values.push((name, unescaped(value)?)),
            }
        }
        Some(values)
    }

    fn text(&mut self, text: &str) -> Option<()> {
        self.open.last()?;
        self.bytes.push(2);
        self.string(text);
        Some(())
    }

    fn close(&mut self, name: &str) -> Option<()> {
        self.bytes.push(3);
        (self.open.pop()? == name).then_some(())
    }

    fn string(&mut self, text: &str) {
        let mut length = text.len();
        while length > 0x7f {
            self.bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.bytes.push(length as u8);
        self.bytes.extend(text.as_bytes());
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split('&');
    let mut all = pieces.next()?.to_owned();
    for piece in pieces {
        let (name, after) = piece.split_once(';')?;
        all.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" | "#39" | "#x27" => '\'',
            "nbsp" => '\u{a0}',
            _ => return None,
        });
        all.push_str(after);
    }
    Some(all)
}
