//! Texts that parsers and layouts choke on: each one ends drawn, in small pieces and at once, as elements of
//! which no one is too much for a browser, and the page lives on.

use std::path::Path;

use serde_json::{Value, json};
use tutti::markdown::{Kind, Node, Options, whole};
use tutti_e2e::{ComparePage, Phase, Result, drawn, journey_with, noted, watch};

use super::{begin_anew, shown};
use crate::stand_ins::{OPENAI, PROMPT, World, chat_answer};

/// Bytes of an answer: as many as 16,000 tokens, and more than layouts stand that look at all of it again.
const LONGEST: usize = 1 << 16;

/// So many letters stand in one block of words at most, in UTF-16 units.
const WORDS: usize = 17 << 10;

/// Characters of a piece.
const PIECE: usize = 200;

/// What is repeated, and how often.
type Shape = (String, Vec<(String, usize)>);

/// Beside those of the corpus.
const SHAPES: &[(&str, &[(&str, usize)])] = &[
    ("images in images", &[("![a", 10_000), ("](b)", 10_000)]),
    ("backticks of all lengths", &[("` `` ``` ```` ", 5_000)]),
    ("spans of code", &[("`a` ", 10_000)]),
    ("lists in lists", &[("- ", 20_000), ("a", 1)]),
    ("notes", &[("[^a]", 5_000), ("\n\n[^a]: b", 1)]),
    ("tables after each other", &[("|a|b|\n|-|-|\n|1|2|\n\n", 2_000)]),
];

fn shapes() -> Vec<Shape> {
    let own = |(name, parts): &(&str, &[(&str, usize)])| {
        ((*name).to_owned(), parts.iter().map(|(text, times)| ((*text).to_owned(), *times)).collect())
    };
    let mut shapes: Vec<Shape> = SHAPES.iter().map(own).collect();
    if let Some(folder) = std::env::var_os("TUTTI_FIXTURES") {
        let file = Path::new(&folder).join("corpora/markdown-it/pathological-shapes.json");
        let text = std::fs::read_to_string(file).expect("a corpus");
        for shape in serde_json::from_str::<Vec<Value>>(&text).expect("a list") {
            let parts = shape["parts"].as_array().expect("parts").iter();
            let part = |part: &Value| {
                (part["s"].as_str().expect("text").to_owned(), part["n"].as_u64().expect("times") as usize)
            };
            shapes.push((shape["name"].as_str().expect("a name").to_owned(), parts.map(part).collect()));
        }
    }
    shapes
}

fn text_of(parts: &[(String, usize)]) -> String {
    let mut text: String =
        parts.iter().map(|(text, times)| text.repeat((*times).min(LONGEST / text.len() + 1))).collect();
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

#[tokio::test]
async fn shapes_that_parsers_choke_on_end_drawn() {
    let world = World::new().await;
    journey_with(world.options(), async |browser| {
        world.host(OPENAI, chat_answer(["Tutti."]));
        let page = world.open_with(browser, &[OPENAI, OPENAI]).await?;
        watch(browser).await?;
        for (name, parts) in shapes() {
            let text = text_of(&parts);
            let chars: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = chars.chunks(PIECE).map(|piece| piece.iter().collect()).collect();
            let in_pieces = chat_answer(pieces.iter().map(String::as_str));
            let host = world.host(OPENAI, vec![in_pieces, chat_answer([text.as_str()])]);
            begin_anew(&page).await?;
            page.ask(PROMPT).await?;
            host.wait_complete(2).await;
            page.wait_for_all(Phase::Finished).await.map_err(|failure| format!("{name}: {failure:.500}"))?;
            see_drawn(&page, &name, &shown(&text)).await?;
            assert_eq!(noted(browser).await?, [""; 0], "{name}");
            println!("{name}: {} bytes", text.len());
        }
        assert_eq!(world.net.strangers(), [], "somebody was asked");
        // And it goes on.
        world.host(OPENAI, chat_answer(["All ", "*together*."]));
        page.ask(PROMPT).await?;
        page.wait_until(
            "another answer",
            "panels().map(view).every((it) => it.text === 'All together.')",
            Value::Null,
        )
        .await
    })
    .await;
}

/// That both panels hold all words of it, and as many elements of each kind as its tree.
async fn see_drawn(page: &ComparePage<'_>, name: &str, text: &str) -> Result {
    const MARKS: [&str; 14] = [
        "p",
        "blockquote",
        "ul, ol",
        "li",
        "figure",
        "tr",
        "td, th",
        "em",
        "strong",
        "del",
        "a",
        ".image",
        "sup",
        ".math",
    ];
    let script = "return panels().map((panel) => {
        const text = drawn(panel);
        let hash = 0;
        for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
        const count = (css) => panel.querySelectorAll('.reply :is(' + css + ')').length;
        const own = (it) => [...it.childNodes].reduce((sum, node) => sum + (node.data?.length ?? 0), 0);
        const blocks = [...panel.querySelectorAll('.reply :not(pre *, .math *)')].map(own);
        const all = document.createTreeWalker(panel.querySelector('.reply'));
        let nodes = 0;
        while (all.nextNode()) nodes += 1;
        return [hash | 0, args.map(count), blocks.reduce((most, one) => Math.max(most, one), 0), nodes];
    });";
    let seen: Vec<(i32, [usize; MARKS.len()], usize, usize)> = page.read(script, json!(MARKS)).await?;
    let words = drawn(text);
    let hash =
        words.encode_utf16().fold(0_i32, |hash, unit| (hash ^ i32::from(unit)).wrapping_mul(0x0100_0193));
    let mut counts = [0; MARKS.len()];
    let elements = count(&whole(text, Options { math: true }), &mut counts);
    for (seen, way) in seen.iter().zip(["one panel", "the other"]) {
        assert_eq!(seen.1, counts, "{MARKS:?} of {name} in {way}");
        assert_eq!(seen.0, hash, "the words of {name} in {way}");
        assert!(seen.2 <= WORDS, "{} letters in one block of {name} in {way}", seen.2);
        // Each element, its text and what belongs to it; text in pieces.
        let nodes = 200 + text.len() / 50 + 12 * elements;
        assert!(seen.3 <= nodes, "{} nodes, not {nodes}, for {name} in {way}", seen.3);
    }
    Ok(())
}

/// How many nodes are in there; of some kinds each.
fn count(nodes: &[Node], counts: &mut [usize]) -> usize {
    let mut all = nodes.len();
    for node in nodes {
        let mark = match &node.kind {
            Kind::Paragraph => 0,
            Kind::Quote => 1,
            Kind::List { .. } => 2,
            Kind::Item { .. } => 3,
            Kind::Code { .. } => 4,
            Kind::Head | Kind::Row => 5,
            Kind::Cell(_) => 6,
            Kind::Emphasis => 7,
            Kind::Strong => 8,
            Kind::Strike => 9,
            Kind::Link { .. } => 10,
            Kind::Image { .. } => 11,
            Kind::FootnoteReference(_) => 12,
            Kind::Math { .. } => 13,
            _ => usize::MAX,
        };
        if let Some(number) = counts.get_mut(mark) {
            *number += 1;
        }
        all += count(&node.children, counts);
    }
    all
}
