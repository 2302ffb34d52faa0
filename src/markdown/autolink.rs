//! Addresses that are written without any markup become links (GFM, "Autolinks (extension)"); the library
//! leaves them alone. Where the specification is silent this does what cmark-gfm does.

use super::{
    destination::Destination,
    node::{Kind, Node},
};

/// A longer one ends there, so that nobody looks for its end again and again.
const LONGEST: usize = 4 << 10;
/// What ends an address belongs to the sentence around it.
const SENTENCE: [char; 10] = ['?', '!', '.', ',', ':', '*', '_', '~', '\'', '"'];

/// Makes links of the addresses in a node's texts, if they may become links, and texts of raw HTML.
pub fn link_words(node: &mut Node, may_link: bool) {
    let may_link = may_link && !matches!(node.kind, Kind::Link { .. } | Kind::Image { .. });
    let is_concerned = |child: &Node| match &child.kind {
        Kind::Text(text) => may_link && may_have_address(text),
        kind => *kind == Kind::Html,
    };
    if !node.children.iter().any(is_concerned) {
        return;
    }
    for child in std::mem::take(&mut node.children) {
        match child.kind {
            Kind::Text(text) if may_link => link_text(&text, &mut node.children),
            Kind::Text(text) => push_text(&text, &mut node.children),
            Kind::Html => {
                for inner in &child.children {
                    if let Kind::Text(text) = &inner.kind {
                        push_text(text, &mut node.children);
                    }
                }
            }
            _ => node.children.push(child),
        }
    }
}

fn may_have_address(text: &str) -> bool {
    text.contains("://") || text.contains('@') || text.contains("www.")
}

fn link_text(text: &str, out: &mut Vec<Node>) {
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find([':', '@', 'w'])) {
        at += found;
        let address = match text.as_bytes().get(at) {
            Some(b':') => web_address(text, done, at),
            Some(b'@') => mail_address(text, done, at),
            _ => www_address(text, done, at),
        };
        at += 1;
        let Some((start, end, prefix)) = address else { continue };
        let Some(shown) = text.get(start..end) else { continue };
        let to = Destination::new(&[prefix, shown].concat());
        if to == Destination::Inert {
            continue;
        }
        push_text(text.get(done..start).unwrap_or_default(), out);
        out.push(Node { kind: Kind::Link { to }, children: vec![Node::text(shown)] });
        done = end;
        at = end;
    }
    push_text(text.get(done..).unwrap_or_default(), out);
}

fn push_text(text: &str, out: &mut Vec<Node>) {
    if let Some(Kind::Text(before)) = out.last_mut().map(|node| &mut node.kind) {
        before.push_str(text);
    } else if !text.is_empty() {
        out.push(Node::text(text));
    }
}

/// `http://` or `https://`, around the colon.
fn web_address(text: &str, from: usize, colon: usize) -> Option<(usize, usize, &'static str)> {
    let before = text.get(from..colon)?;
    let scheme = before.len() - before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let start = colon - scheme;
    let name = text.get(start..colon)?;
    let rest = text.get(colon..)?.strip_prefix("://")?;
    if !name.eq_ignore_ascii_case("http") && !name.eq_ignore_ascii_case("https") {
        return None;
    }
    let host = host_length(rest).filter(|(length, _)| *length > 0)?;
    Some((start, end_of(text, start, colon + 3 + host.0), ""))
}

fn www_address(text: &str, from: usize, start: usize) -> Option<(usize, usize, &'static str)> {
    let rest = text.get(start..)?;
    let before = text.get(from..start)?.chars().next_back();
    let may_begin = before.is_none_or(|c| c.is_whitespace() || "*_~(".contains(c));
    if !rest.starts_with("www.") || !may_begin {
        return None;
    }
    let (host, dots) = host_length(rest)?;
    let end = end_of(text, start, start + host);
    // A dot at the end is the sentence's.
    (dots > 0 && end > start + "www.".len()).then_some((start, end, "http://"))
}

/// How long a host is and how many dots it has; `None` if it is none.
fn host_length(text: &str) -> Option<(usize, usize)> {
    let (mut dots, mut underscores, mut underscores_before) = (0, 0, 0);
    let mut length = 0;
    for c in text.chars() {
        match c {
            '_' => underscores += 1,
            '.' => {
                underscores_before = underscores;
                underscores = 0;
                dots += 1;
            }
            '-' => {}
            c if c.is_ascii_punctuation() || c.is_whitespace() || c.is_control() => break,
            _ => {}
        }
        length += c.len_utf8();
    }
    // Not in the last two parts.
    (underscores + underscores_before == 0 && !text.starts_with('.')).then_some((length, dots))
}

/// Where an address ends: before a space or `<`, without what belongs to the sentence.
fn end_of(text: &str, start: usize, host_end: usize) -> usize {
    let rest = text.get(host_end..).unwrap_or_default();
    let rest = rest.get(..rest.floor_char_boundary(LONGEST)).unwrap_or_default();
    let mut end = host_end + rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
    let address = text.get(start..end).unwrap_or_default();
    let opening = address.matches('(').count();
    let mut closing = address.matches(')').count();
    while let Some(address) = text.get(start..end).filter(|address| !address.is_empty()) {
        if address.ends_with(')') {
            if closing <= opening {
                break;
            }
            closing -= 1;
            end -= 1;
        } else if let Some(before) = address.strip_suffix(';') {
            let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric());
            end = if name.ends_with('&') && name.len() < before.len() {
                start + name.len() - 1
            } else {
                end - 1
            };
        } else if address.ends_with(SENTENCE) {
            end -= 1;
        } else {
            break;
        }
    }
    end
}

fn mail_address(text: &str, from: usize, at: usize) -> Option<(usize, usize, &'static str)> {
    let before = text.get(from..at)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".+-_".contains(c);
    let name = before.len() - before.trim_end_matches(is_name).len();
    let rest = text.get(at + 1..)?;
    let is_host = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let host = rest.find(|c: char| !is_host(c)).unwrap_or(rest.len());
    let host = rest.get(..host)?.trim_end_matches('.');
    let is_host = host.contains('.') && !host.starts_with('.') && !host.ends_with(['-', '_']);
    // A second `@` would make it something else.
    let goes_on = rest.get(host.len()..).is_some_and(|rest| rest.starts_with('@'));
    (name > 0 && is_host && !goes_on).then_some((at - name, at + 1 + host.len(), "mailto:"))
}
