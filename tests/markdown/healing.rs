//! What is shown of text that is not finished: nothing flashes, nothing that is settled is touched, and what
//! is shown hardly ever shrinks.

use std::fs;

use tutti::markdown::{Document, Kind, Node, Op, Options};

use crate::{
    common::Random,
    cuts::{examples, pieces},
    replay::{Screen, chars, merged, outline},
};

const OPTIONS: Options = Options { math: true };

/// The project's own answers, by name.
pub fn samples() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/markdown/samples");
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("the samples")
        .flatten()
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("a sample");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    all.sort();
    assert!(all.len() > 3);
    all
}

/// What is shown of a text that breaks off.
fn shown(text: &str) -> String {
    let mut document = Document::new(OPTIONS);
    let mut ops = Vec::new();
    document.push(text);
    document.update(&mut ops);
    let mut screen = Screen::default();
    screen.apply(&ops);
    outline(&merged(&screen.blocks))
}

#[test]
fn what_has_only_begun_is_shown_as_if_it_were_finished() {
    let cases = [
        ("a **bo", r#"Paragraph("a " Strong("bo"))"#),
        ("a **bo*", r#"Paragraph("a " Strong("bo"))"#),
        ("a **bo**", r#"Paragraph("a " Strong("bo"))"#),
        ("a **", r#"Paragraph("a")"#),
        ("a *b _c", r#"Paragraph("a " Emphasis("b " Emphasis("c")))"#),
        ("a ~~b", r#"Paragraph("a " Strike("b"))"#),
        ("2 * 3 is", r#"Paragraph("2 * 3 is")"#),
        ("snake_case is", r#"Paragraph("snake_case is")"#),
        ("a `co", r#"Paragraph("a " CodeSpan("co"))"#),
        ("a ``co`", r#"Paragraph("a " CodeSpan("co"))"#),
        ("a `", r#"Paragraph("a")"#),
        ("see [te", r#"Paragraph("see " Link { to: Inert }("te"))"#),
        ("see [text](http://a", r#"Paragraph("see " Link { to: Inert }("text"))"#),
        ("see ![text](http://a", r#"Paragraph("see")"#),
        ("see **[te", r#"Paragraph("see " Strong(Link { to: Inert }("te")))"#),
        ("a\n-", r#"Paragraph("a")"#),
        ("a\n=", r#"Paragraph("a")"#),
        ("a\n\n1", r#"Paragraph("a")"#),
        ("a\n\n1.", r#"Paragraph("a")"#),
        ("a\n\n- ", r#"Paragraph("a")"#),
        ("a **b\n-", r#"Paragraph("a " Strong("b"))"#),
        ("##", ""),
        ("``", ""),
        ("```ru", ""),
        ("```rust\nlet", r#"Code { info: "rust" }("let")"#),
        ("```rust\nlet\n``", r#"Code { info: "rust" }("let\n")"#),
        ("| a | b", r#"Table(Head(Cell(None)("a") Cell(None)("b")))"#),
        ("| a | **b", r#"Table(Head(Cell(None)("a") Cell(None)(Strong("b"))))"#),
        ("| a | b |\n|-", r#"Table(Head(Cell(None)("a") Cell(None)("b")))"#),
        ("| a | b |\n", r#"Table(Head(Cell(None)("a") Cell(None)("b")))"#),
        ("> | a |\n> |", r#"Quote(Table(Head(Cell(None)("a"))))"#),
        ("$$\nx", r#"Paragraph(Math { is_block: true }("x"))"#),
        ("$$\n\\frac{a", r#"Paragraph(Math { is_block: true }("\\frac{a}"))"#),
        ("so \\(x", r#"Paragraph("so " Math { is_block: false }("x"))"#),
        ("it costs $5", r#"Paragraph("it costs $5")"#),
        ("a &am", r#"Paragraph("a")"#),
        ("a <b", r#"Paragraph("a")"#),
        ("a < b", r#"Paragraph("a < b")"#),
        ("[a]: http", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

/// How many lines nodes take where 60 characters fit into one.
fn height(nodes: &[Node]) -> usize {
    nodes.iter().map(lines).sum()
}

fn lines(node: &Node) -> usize {
    match &node.kind {
        Kind::Paragraph | Kind::Heading(_) | Kind::Cell(_) => {
            let mut words = String::new();
            collect(&node.children, &mut words);
            // A line that merely ends is a space.
            words.split('\u{b}').map(|line| line.trim().chars().count().div_ceil(60)).sum()
        }
        Kind::Head | Kind::Row => node.children.iter().map(lines).max().unwrap_or(0),
        Kind::Code { .. } | Kind::Html => {
            let mut code = String::new();
            collect(&node.children, &mut code);
            code.lines().count()
        }
        Kind::Rule => 1,
        _ => height(&node.children),
    }
}

fn collect(nodes: &[Node], words: &mut String) {
    for node in nodes {
        match &node.kind {
            Kind::Text(text) => words.push_str(text),
            Kind::Break => words.push('\u{b}'),
            Kind::Image { .. } => words.push_str("an image that waits"),
            Kind::FootnoteReference(_) => words.push('1'),
            _ => collect(&node.children, words),
        }
    }
}

/// The worst shrinking in lines, and how often it is more than one.
fn shrinking(pieces: Vec<&str>) -> (usize, usize, String) {
    let mut document = Document::new(OPTIONS);
    let mut screen = Screen::default();
    let (mut before, mut worst, mut count, mut example) = (0, 0, 0, String::new());
    for piece in pieces {
        let mut ops = Vec::new();
        document.push(piece);
        document.update(&mut ops);
        screen.apply(&ops);
        let now = height(&merged(&screen.blocks));
        if before > now + 1 {
            count += 1;
        }
        if before > now + worst {
            worst = before - now;
            example = document.source().chars().rev().take(60).collect::<String>().chars().rev().collect();
        }
        before = now;
    }
    (worst, count, example)
}

#[test]
fn what_is_shown_shrinks_by_one_line_at_most() {
    for (name, text) in samples() {
        let mut random = Random(text.len() as u64);
        for longest in [0, 3, 12, 60] {
            let pieces =
                if longest == 0 { chars(&text).collect() } else { pieces(&text, longest, &mut random) };
            let (worst, _, example) = shrinking(pieces);
            assert!(worst <= 1, "{name} shrinks by {worst} lines at {example:?}");
        }
    }
}

/// The examples of the specifications are about corners; how many of them shrink more is known.
#[test]
fn examples_hardly_shrink() {
    let mut shrunk = Vec::new();
    let examples = examples();
    for (name, text) in &examples {
        let (_, count, example) = shrinking(chars(text).collect());
        if count > 0 {
            shrunk.push(format!("{name}: {example:?}"));
        }
    }
    println!("{} of {} examples shrink by more than a line", shrunk.len(), examples.len());
    assert!(shrunk.len() * 50 <= examples.len(), "{shrunk:#?}");
}

/// A token appends; it does not build anew what stands there.
#[test]
fn most_tokens_only_append() {
    for (name, text) in samples() {
        let mut document = Document::new(OPTIONS);
        let (mut updates, mut removals) = (0, 0);
        for piece in pieces(&text, 8, &mut Random(3)) {
            let mut ops = Vec::new();
            document.push(piece);
            document.update(&mut ops);
            updates += 1;
            removals += usize::from(ops.iter().any(|op| matches!(op, Op::Remove(_))));
        }
        println!("{name}: {removals} of {updates} updates remove something");
        assert!(removals * 4 < updates, "{name}: {removals} of {updates} updates remove something");
    }
}
