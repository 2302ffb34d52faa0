//! The law: for every text and every way of cutting it, the end is what the whole text is.

use std::fs;

use serde_json::Value;
use tutti::markdown::{Options, whole};

use crate::{
    common::{Random, fixtures},
    healing::samples,
    replay::{chars, difference},
};

/// The examples of the specifications, by name.
pub fn examples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let Some(folder) = fixtures().map(|folder| folder.join("corpora")) else {
        println!("no folder of fixtures: the examples of the specifications are skipped");
        return all;
    };
    for file in ["commonmark/spec-0.31.2", "gfm/gfm-spec-0.29", "gfm/extensions", "gfm/regression"] {
        let Ok(text) = fs::read_to_string(folder.join(file).with_extension("json")) else {
            // `0.31` is no extension.
            let text = fs::read_to_string(folder.join(format!("{file}.json"))).expect("the examples");
            add(file, &text, &mut all);
            continue;
        };
        add(file, &text, &mut all);
    }
    assert!(all.len() > 1300, "{} examples", all.len());
    all
}

fn add(file: &str, text: &str, all: &mut Vec<(String, String)>) {
    let examples: Value = serde_json::from_str(text).expect("JSON");
    for example in examples.as_array().expect("a list") {
        let markdown = example["markdown"].as_str().expect("a text").replace('→', "\t");
        all.push((format!("{file} {}", example["example"]), markdown));
    }
}

pub fn check(name: &str, text: &str, options: Options, faults: &mut Vec<String>) {
    let whole = whole(text, options);
    let mut check = |how: &str, pieces: Vec<&str>| {
        if faults.len() < 4
            && let Some(difference) = difference(pieces, &whole, options)
        {
            faults.push(format!("{name}, cut {how}: {text:?}\n{difference}"));
        }
    };
    check("nowhere", vec![text]);
    check("at every character", chars(text).collect());
    // Every place of a short text, some hundred of a long one.
    for (at, _) in text.char_indices().step_by(1 + text.len() / 400) {
        check(&format!("at {at}"), vec![&text[..at], &text[at..]]);
    }
    let mut random = Random(text.len() as u64);
    for longest in [2, 5, 12, 40] {
        check(&format!("in pieces of up to {longest}"), pieces(text, longest, &mut random));
    }
}

pub fn pieces<'a>(text: &'a str, longest: usize, random: &mut Random) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = (1 + random.below(longest)).min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail;
    }
    pieces
}

#[test]
fn every_example_in_every_cut() {
    let mut faults = Vec::new();
    for (name, text) in examples() {
        for math in [false, true] {
            check(&name, &text, Options { math }, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_sample_in_every_cut() {
    let mut faults = Vec::new();
    for (name, text) in samples() {
        for math in [false, true] {
            check(&name, &text, Options { math }, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What was found once stays found.
#[test]
fn findings() {
    let texts = [
        // A definition that is used, and then turns out to be none.
        "[a]\r***\n[a]: https://a.b/c| a | b |\n",
        // A note that ends in a line of its own indentation, because another begins there.
        "[^n]: \n\t[^n]: [a]: /u\n",
        "[^n]:\n\n=\n[^n ]",
        "[^a b]: x\n\nword\n\n[^ a\t  b ] [^a  B]\n",
        // An empty code span, and empty LaTeX.
        "``$$$$",
        // What looks like a table, or a list after one, and is the label of a definition.
        "[a|\n|-|\n|b\n|c]: /u\n\nd\n",
        "[a|\n|-|\n2. foo\nbar]: /u\n\nd\n",
        "[a]: /u\n'x|\n|-|\n|b'\n\nd\n",
        // A line that interrupts a paragraph as the head of a table, and is none, since it breaks hard.
        "-|\n|\\\n",
        // LaTeX beside line ends of a carriage return alone, and in what follows a fence.
        "&amp;\r```\\(~~~\n\\)",
        "\\([a]: /u\n\r\\)$$|---|:-:|\n[b]",
        "> ```\\(a\n> \\) b\n> ```\n\nc \\(d\\)\r\n\\(e\r\nf\\)",
        // A title on the line after the definition; a list that only a definition's line would hide.
        "[a]: /u\n'b\nc'\n\n[a]",
        "[a]: /u\n2. b\n\nc\n",
        // A list of code alone is loose or tight only when words come.
        "- ```\n  a\n  ```\n\n- ```\n  b\n  ```\n- c\n",
        "- # a\n- b\n\n  # c\n",
    ];
    let mut faults = Vec::new();
    for text in texts {
        for math in [false, true] {
            check("a finding", text, Options { math }, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn examples_one_after_the_other() {
    let mut faults = Vec::new();
    let examples = examples();
    let mut random = Random(7);
    for round in 0..1500 {
        let mut text = String::new();
        for _ in 0..1 + random.below(5) {
            if let Some((_, example)) = examples.get(random.below(examples.len())) {
                text.push_str(example);
                text.push_str(["", "\n", "\n\n"][random.below(3)]);
            }
        }
        let options = Options { math: round % 2 == 0 };
        let whole = whole(&text, options);
        for longest in [1, 3, 30] {
            let pieces = pieces(&text, longest, &mut random);
            if faults.len() < 4
                && let Some(difference) = difference(pieces.iter().copied(), &whole, options)
            {
                faults.push(format!("{text:?}\n cut into {pieces:?}\n{difference}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// What Markdown is made of, in the small.
const WORDS: [&str; 62] = [
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "- ",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2. ",
    "1) ",
    "> ",
    "> ",
    "```\n",
    "```",
    "~~~\n",
    "# ",
    "## ",
    "===\n",
    "---\n",
    "***\n",
    "| a | b |\n",
    "|---|:-:|\n",
    "| c |\n",
    "|",
    "a|b\n",
    "[a]",
    "[b]",
    "[a]: /u\n",
    "[b]: <v> 'w'\n",
    "[a]: ",
    "/url",
    "'t",
    "\"",
    "[^n]",
    "[^n]: ",
    "[^m]",
    "(x)",
    "](",
    "![",
    "**",
    "*",
    "_",
    "~~",
    "`",
    "<div>\n",
    "</div>",
    "<!-- ",
    "-->",
    "<b>",
    "&amp;",
    "\\",
    "$",
    "\\(",
    "[ ] ",
    "word",
    "x",
];
const MORE_WORDS: [&str; 22] = [
    "\r\n",
    "\r",
    "\u{a0}",
    "가나",
    "$$",
    "\\)",
    "\\[",
    "\\]",
    "{",
    "}",
    "https://a.b/c",
    "www.x.yz",
    "me@x.yz",
    ".",
    ":",
    "line\n",
    "  - ",
    "   ",
    "[x] ",
    "<pre>\n",
    "<http://x>",
    "!",
];

#[test]
fn any_words_in_any_cut() {
    let mut faults = Vec::new();
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3000);
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut random = Random(seed);
    for round in 0..rounds {
        let mut words = Vec::new();
        for _ in 0..2 + random.below(24) {
            let all: &[&str] = if random.below(4) == 0 { &MORE_WORDS } else { &WORDS };
            words.push(all[random.below(all.len())]);
        }
        let options = Options { math: round % 2 == 0 };
        if faults.len() < 5 && fault(&words, options).is_some() {
            faults.push(smallest_fault(words, options));
        }
    }
    faults.sort_by_key(String::len);
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

fn fault(words: &[&str], options: Options) -> Option<String> {
    let text = words.concat();
    let whole = whole(&text, options);
    let mut random = Random(text.len() as u64);
    [1, 2, 4, 30, 30].into_iter().find_map(|longest| {
        let pieces = pieces(&text, longest, &mut random);
        let difference = difference(pieces.iter().copied(), &whole, options)?;
        Some(format!("{text:?}\n cut into {pieces:?}\n{difference}"))
    })
}

/// The same fault with as few words as possible.
pub fn smallest_fault(mut words: Vec<&str>, options: Options) -> String {
    let mut at = 0;
    while at < words.len() {
        let mut fewer = words.clone();
        fewer.remove(at);
        if fault(&fewer, options).is_some() {
            words = fewer;
            at = 0;
        } else {
            at += 1;
        }
    }
    fault(&words, options).unwrap_or_default()
}
