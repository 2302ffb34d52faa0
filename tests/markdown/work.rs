//! No text costs more than in proportion to its length. Work is counted in bytes given to the parser, so that
//! no clock is asked.

use std::fs;

use serde_json::Value;
use tutti::markdown::{Node, Options, whole};

use crate::{
    common::{Random, fixtures},
    cuts::pieces,
    replay::{merged, stream},
};

const OPTIONS: Options = Options { math: true };

fn repeated(begin: &str, part: &str, length: usize) -> String {
    [begin, &part.repeat(length / part.len())].concat()
}

/// Shapes that grow inside one block.
fn endless() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("paragraph", "", "word and more **bold** words, "),
        ("plain paragraph", "", "some words without markup "),
        ("lines of a paragraph", "", "some words without markup\n"),
        ("code", "```rust\n", "    let x = f(&y, 5); // nothing\n"),
        ("indented code", "", "    let x = f(&y, 5);\n"),
        ("list", "", "- an item with **bold** words\n"),
        ("loose list", "", "1. an item\n\n"),
        ("tasks", "", "- [ ] to do\n"),
        ("table", "| a | b |\n|---|---|\n", "| cell | `code` |\n"),
        ("quote", "", "> some words\n"),
        ("nested list", "", "- a\n  - b\n    - c\n"),
        ("list in one item", "- a\n", "  - b\n"),
        ("code in an item", "- a\n  ```\n", "  some code\n"),
        ("html", "<div>\n", "<p>words</p>\n"),
        ("headings", "", "# words\n"),
        ("openers", "", "**a [b `c "),
        ("brackets", "", "[a] "),
        ("notes", "", "[^a] "),
        ("definitions", "", "[a]: /u\n"),
        ("latex", "", "\\(x\\) "),
        ("addresses", "", "https://a.b/(c "),
    ]
}

#[test]
fn work_grows_with_the_text_whatever_it_is() {
    for (name, begin, part) in endless() {
        let mut costs = Vec::new();
        for length in [12_000, 48_000] {
            let text = repeated(begin, part, length);
            let mut random = Random(length as u64);
            let (screen, document) = stream(pieces(&text, 40, &mut random), OPTIONS);
            assert!(merged(&screen.blocks) == whole(&text, OPTIONS), "{name}");
            costs.push(document.parsed_bytes() as f64 / text.len() as f64);
        }
        println!("{name}: {costs:.1?} bytes parsed for each byte");
        assert!(costs[1] < 240.0 && costs[1] < costs[0] * 1.6 + 10.0, "{name}: {costs:?}");
    }
}

#[test]
fn labels_that_are_defined_last_are_rebuilt_in_bounds() {
    let uses: String = (0..2000).map(|label| format!("[l{label}]\n\n")).collect();
    let many: String = (0..2000).map(|label| format!("[l{label}]: /u{label}\n\n")).collect();
    let crowd: String = (0..2000).map(|label| format!("[l{label}] ")).collect();
    for text in [[&uses, "end\n\n", &many].concat(), [&crowd, "\n\nend\n\n", &many].concat()] {
        let mut random = Random(1);
        let (screen, document) = stream(pieces(&text, 300, &mut random), OPTIONS);
        assert!(merged(&screen.blocks) == whole(&text, OPTIONS));
        assert!(document.parsed_bytes() < 60 * text.len(), "{} for {}", document.parsed_bytes(), text.len());
    }
}

#[test]
fn references_that_the_library_gives_up_on() {
    let text = format!("[a]: /{}\n\n{}", "x".repeat(3000), "[a]\n\n".repeat(100));
    let (screen, _) = stream(pieces(&text, 500, &mut Random(1)), OPTIONS);
    assert!(merged(&screen.blocks) == whole(&text, OPTIONS));
}

#[test]
fn nothing_nests_deeper_than_it_may() {
    fn depth(nodes: &[Node]) -> usize {
        nodes.iter().map(|node| 1 + depth(&node.children)).max().unwrap_or(0)
    }
    for text in [
        "> ".repeat(5000),
        "- ".repeat(5000),
        "*a **a ".repeat(2000) + &"b** b*".repeat(2000),
        "[".repeat(5000),
    ] {
        let text = text + "x";
        let nodes = whole(&text, OPTIONS);
        assert!(depth(&nodes) <= 65, "{}", depth(&nodes));
        let (screen, _) = stream(pieces(&text, 700, &mut Random(1)), OPTIONS);
        assert!(merged(&screen.blocks) == nodes);
    }
}

#[test]
fn shapes_of_the_corpus() {
    let Some(folder) = fixtures() else {
        println!("no folder of fixtures: the pathological shapes are skipped");
        return;
    };
    let shapes =
        fs::read_to_string(folder.join("corpora/markdown-it/pathological-shapes.json")).expect("shapes");
    let shapes: Value = serde_json::from_str(&shapes).expect("JSON");
    let shapes = shapes.as_array().expect("a list");
    assert!(shapes.len() > 30);
    for shape in shapes {
        let name = shape["name"].as_str().expect("a name");
        let parts = shape["parts"].as_array().expect("parts").iter();
        let text: String = parts
            .map(|part| {
                let text = part["s"].as_str().expect("a text");
                let count = part["n"].as_u64().expect("a count") as usize;
                text.repeat(count.min(12_000 / text.len().max(1)))
            })
            .collect();
        let (screen, document) = stream(pieces(&text, 1000, &mut Random(3)), OPTIONS);
        assert!(merged(&screen.blocks) == whole(&text, OPTIONS), "{name}");
        let cost = document.parsed_bytes() / text.len();
        println!("{name}: {cost} bytes parsed for each of {}", text.len());
        assert!(cost < 40, "{name}: {cost}");
    }
}

#[test]
fn naughty_strings() {
    let Some(folder) = fixtures() else {
        println!("no folder of fixtures: the naughty strings are skipped");
        return;
    };
    let strings = fs::read_to_string(folder.join("corpora/blns/blns.json")).expect("strings");
    let strings: Vec<String> = serde_json::from_str(&strings).expect("JSON");
    let text = strings.join("\n\n");
    let (screen, _) = stream(pieces(&text, 20, &mut Random(5)), OPTIONS);
    assert!(merged(&screen.blocks) == whole(&text, OPTIONS));
}
