//! What a token costs that is appended to an answer of 1,000, 10,000 and 100,000 tokens, for answers of
//! everything and for shapes that grow inside one block. The cost must not grow with the answer.

mod settings;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use tutti::markdown::{Document, Op, Options, whole};

/// The tokens that are measured; each is four bytes, and shown on its own.
const TOKENS: usize = 500;
const TOKEN: usize = 4;

/// What an answer consists of, again and again.
const SHAPES: [(&str, &str, &str); 5] = [
    ("mixed", "", include_str!("../../tests/markdown/samples/mixed.md")),
    ("paragraph", "", "some words and **bold** ones in a sentence that never ends, "),
    ("code", "```rust\n", "    let value = call(&argument, 5); // a comment\n"),
    ("list", "", "- an item with **bold** words and `code`\n"),
    ("table", "| a | b |\n|---|---|\n", "| a cell | `code` |\n"),
];

fn main() {
    let mut criterion = settings::criterion();
    for (name, begin, part) in SHAPES {
        tokens(&mut criterion, name, begin, part);
    }
    at_once(&mut criterion);
    criterion.final_summary();
}

fn tokens(criterion: &mut Criterion, name: &str, begin: &str, part: &str) {
    let mut group = criterion.benchmark_group(format!("markdown/{name}"));
    group.throughput(Throughput::Elements(TOKENS as u64));
    for before in [1_000, 10_000, 100_000] {
        let text = answer(begin, part, (before + TOKENS) * TOKEN);
        let (shown, more) = text.split_at(before * TOKEN);
        let mut document = Document::new(Options { math: true });
        // As a frame shows them: many tokens at a time.
        shown.as_bytes().chunks(200).for_each(|piece| {
            document.push(std::str::from_utf8(piece).expect("ASCII"));
            document.update(&mut Vec::new());
        });
        group.bench_function(format!("after {before} tokens"), |bencher| {
            bencher.iter_batched(
                || document.clone(),
                |document| append(document, more),
                BatchSize::LargeInput,
            );
        });
    }
}

fn append(mut document: Document, more: &str) -> Document {
    let mut ops: Vec<Op> = Vec::new();
    for token in more.as_bytes().chunks(TOKEN) {
        document.push(std::str::from_utf8(token).expect("ASCII"));
        document.update(&mut ops);
        black_box(&ops);
        ops.clear();
    }
    document
}

/// Beside it: the whole answer at once, in bytes a second.
fn at_once(criterion: &mut Criterion) {
    let (_, begin, part) = SHAPES[0];
    let text = answer(begin, part, 100_000 * TOKEN);
    let mut group = criterion.benchmark_group("markdown/at once");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group
        .bench_function("400 kB", |bencher| bencher.iter(|| whole(black_box(&text), Options { math: true })));
}

fn answer(begin: &str, part: &str, length: usize) -> String {
    assert!(part.is_ascii() && begin.is_ascii(), "a token is four bytes");
    let mut text = begin.to_owned();
    while text.len() < length {
        text.push_str(part);
    }
    text.truncate(length);
    text
}
