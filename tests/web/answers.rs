//! Markdown as it is drawn.

use std::cell::RefCell;

use tutti::{
    browser::{Code, El, el, on_code},
    ui::{Markdown, words::Language},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlInputElement, Node};

use super::page::{document, until};

/// Everything that is drawn in some way of its own, and what breaks easily while it streams.
const SAMPLES: [&str; 12] = [
    "# One *tuning* `A`\n\nSetext **heading**\n---\n\n###### six\n\ntext  \nbroken\\\nlines\nand soft ones\n",
    "1. one\n2. two\n   - deep\n   - deeper\n\n     more of it\n3. three\n\n- [x] done\n- [ ] to do\n- plain\n\n7) seven\n",
    "- tight\n- list\n\n- that becomes loose\n- at its third item\n",
    "| a | b | c | d |\n|:--|--:|:-:|---|\n| 1 | **2** | `3|` | 4 |\n| only |\n\nafter | no | table\n",
    "```rust,ignore\nlet a = 1;\n\n    indented\n```\n\n    indented code\n\n~~~\nno language\n~~~\n\n```mermaid\ngraph TD\n",
    "> quote\n> > deeper\n> - list\n>\n> ```\n> code\n> ```\n\n***\n\n~~struck~~ and ***both***\n",
    "See [a](https://a.example/x \"t\"), [b], <https://c.example>, [rel](../x), [js](javascript:alert(1)) and <me@d.example>.\n\n[b]: https://b.example\n",
    "![alt *text*](https://i.example/x.png \"title\") [![in a link](https://i.example/y.png)](https://l.example) ![none](data:image/png;base64,AA)\n",
    "A note[^1] and another[^long].\n\n[^1]: The first.\n\n[^long]: The second\n\n    goes on.\n",
    "<div onclick=\"alert(1)\"><img src=x onerror=alert(1)>\n</div>\n\ninline <b onclick=x>html</b> <script>alert(1)</script>\n",
    "Math $a^2$ and\n\n$$\\frac{1}{2}$$\n\n한국어 **굵게** 日本語*強調* עברית 👩‍💻\n",
    "```\na\u{202e}b\u{2066}c\u{e0041}\u{e0042} 👩\u{200d}💻\tx\n```\n\nand `in\u{202e}line`\n",
];

fn place() -> El {
    let root = el("div").class("reply");
    document().body().expect("a body").append_child(root.element()).expect("appended");
    root
}

/// All of it in pieces of so many characters.
fn drawn_in(text: &str, piece: usize) -> El {
    let root = place();
    let mut markdown = Markdown::new(&root).expect("a page");
    let chars: Vec<char> = text.chars().collect();
    for piece in chars.chunks(piece) {
        markdown.write(Language::English, &piece.iter().collect::<String>(), false);
    }
    markdown.write(Language::English, "", true);
    assert_eq!(markdown.source(), text);
    root
}

fn drawn(text: &str) -> El {
    drawn_in(text, usize::MAX)
}

/// Whatever text nodes the words stand in.
#[track_caller]
fn are_alike(one: &El, other: &El, what: &str) {
    let (one, other) = (one.element(), other.element());
    one.normalize();
    other.normalize();
    assert!(one.is_equal_node(Some(other)), "{what}\n{}\n{}", one.inner_html(), other.inner_html());
}

fn all(root: &El, selector: &str) -> Vec<Element> {
    let found = root.element().query_selector_all(selector).expect("a selector");
    (0..found.length()).map(|at| found.item(at).expect("counted").unchecked_into()).collect()
}

fn one(root: &El, selector: &str) -> Element {
    root.element().query_selector(selector).expect("a selector").unwrap_or_else(|| panic!("{selector}"))
}

#[wasm_bindgen_test]
fn what_is_drawn_while_it_streams_is_what_is_drawn_at_once() {
    for sample in SAMPLES {
        let expected = drawn(sample);
        assert!(expected.element().child_element_count() > 0);
        for piece in [1, 2, 3, 5, 8, 13] {
            are_alike(&drawn_in(sample, piece), &expected, &format!("in pieces of {piece}: {sample}"));
        }
    }
}

#[wasm_bindgen_test]
fn nothing_but_known_elements_with_attributes_of_our_own_is_drawn() {
    const ELEMENTS: &[&str] = &[
        "a",
        "bdi",
        "blockquote",
        "br",
        "button",
        "code",
        "del",
        "div",
        "em",
        "figure",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "input",
        "li",
        "ol",
        "p",
        "pre",
        "span",
        "strong",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    const ATTRIBUTES: &[&str] = &[
        "aria-label",
        "aria-level",
        "aria-pressed",
        "checked",
        "class",
        "data-char",
        "data-footnote",
        "data-host",
        "data-icon",
        "data-info",
        "data-word",
        "dir",
        "disabled",
        "href",
        "name",
        "referrerpolicy",
        "rel",
        "role",
        "start",
        "tabindex",
        "target",
        "title",
        "type",
        "value",
    ];
    for sample in SAMPLES {
        for element in all(&drawn_in(sample, 3), "*") {
            assert!(ELEMENTS.contains(&&*element.local_name()), "{} in {sample}", element.outer_html());
            for name in element.get_attribute_names() {
                let name = name.as_string().expect("a name");
                assert!(ATTRIBUTES.contains(&&*name), "{name} in {sample}");
            }
        }
    }
}

#[wasm_bindgen_test]
fn links_open_elsewhere_and_say_where_and_others_do_nothing() {
    let root = drawn(
        "[a](https://a.example/x) [п](https://пример.рф) [r](x) [f](#f) [j](javascript:1) <m@d.example>",
    );
    let links = all(&root, "a");
    let hrefs: Vec<_> = links.iter().map(|link| link.get_attribute("href")).collect();
    let open = |url: &str| Some(url.to_owned());
    assert_eq!(
        hrefs,
        [
            open("https://a.example/x"),
            open("https://пример.рф"),
            None,
            None,
            None,
            open("mailto:m@d.example")
        ]
    );
    assert_eq!(links[1].get_attribute("data-host").as_deref(), Some("xn--e1afmkfd.xn--p1ai"));
    for link in links.iter().filter(|link| link.has_attribute("href")) {
        assert_eq!(link.get_attribute("target").as_deref(), Some("_blank"));
        assert_eq!(link.get_attribute("rel").as_deref(), Some("noopener noreferrer nofollow"));
        assert_eq!(link.get_attribute("referrerpolicy").as_deref(), Some("no-referrer"));
    }
    assert!(links[2].get_attribute("title").is_some_and(|title| !title.is_empty()));
}

#[wasm_bindgen_test]
fn an_image_is_its_words_and_a_button_that_names_the_host() {
    let root = drawn("![a *fork*](https://i.example/x.png) ![here](data:image/png;base64,AA)");
    let images = all(&root, ".image");
    let text = |element: &Element| element.text_content().unwrap_or_default();
    assert_eq!(images.iter().map(text).collect::<Vec<_>>(), ["a forkOpen image i.example", "here"]);
    let button = one(&root, ".image button");
    assert_eq!(button.get_attribute("value").as_deref(), Some("https://i.example/x.png"));
    assert!(root.element().query_selector("img, [src], [style]").expect("a selector").is_none());
}

#[wasm_bindgen_test]
fn tasks_headings_tables_and_notes_say_what_they_are() {
    let root = drawn("# h\n\n###### i\n\n- [x] a\n- [ ] b\n\n|a|\n|-|\n|b|\n\nn[^1]\n\n[^1]: note");
    let boxes: Vec<HtmlInputElement> =
        all(&root, "li input").into_iter().map(JsCast::unchecked_into).collect();
    assert_eq!(boxes.iter().map(HtmlInputElement::checked).collect::<Vec<_>>(), [true, false]);
    assert!(boxes.iter().all(|it| it.disabled() && it.has_attribute("aria-label")));
    assert_eq!(one(&root, "h3").text_content().as_deref(), Some("h"));
    assert_eq!(one(&root, "h6").get_attribute("aria-level").as_deref(), Some("8"));
    let table = one(&root, "[role=region][tabindex='0']");
    assert_eq!(table.get_attribute("aria-label").as_deref(), Some("Table"));
    assert_eq!(one(&root, "thead > tr > th").text_content().as_deref(), Some("a"));
    assert_eq!(one(&root, "table > tbody > tr > td").text_content().as_deref(), Some("b"));
    assert_eq!(one(&root, "sup button").get_attribute("value").as_deref(), Some("1"));
    assert_eq!(one(&root, ".footnote").get_attribute("data-footnote").as_deref(), Some("1"));
}

#[wasm_bindgen_test]
fn each_block_runs_its_own_way() {
    let root = drawn("left\n\nעברית\n\n- item\n\n```\ncode\n```");
    let ways: Vec<_> = all(&root, ".box > *").iter().map(|block| block.get_attribute("dir")).collect();
    // The items of a list have their own, so that the list needs none.
    assert_eq!(ways.iter().flatten().collect::<Vec<_>>(), ["auto", "auto", "ltr"]);
    assert_eq!(one(&root, "li").get_attribute("dir").as_deref(), Some("auto"));
}

#[wasm_bindgen_test]
fn blocks_stand_in_boxes_of_twenty_four() {
    let text: String = (0..100).map(|at| format!("paragraph {at}\n\n")).collect();
    let root = drawn_in(&text, 7);
    let counts: Vec<_> = all(&root, ".box").iter().map(Element::child_element_count).collect();
    assert_eq!(counts, [24, 24, 24, 24, 4]);
    // One of them is drawn anew when its label comes.
    let late = text.replace("paragraph 30", "paragraph [thirty]") + "[thirty]: https://x.example";
    let root = drawn_in(&late, 7);
    let counts: Vec<_> = all(&root, ".box").iter().map(Element::child_element_count).collect();
    assert_eq!(counts, [24, 24, 24, 24, 4]);
    assert_eq!(one(&root, "a").text_content().as_deref(), Some("thirty"));
    are_alike(&root, &drawn(&late), "with a late label");
}

#[wasm_bindgen_test]
fn long_lists_and_tables_are_parted_and_count_on() {
    let items: String = (5..135).map(|at| format!("{at}. item {at}\n")).collect();
    let root = drawn_in(&items, 11);
    are_alike(&root, &drawn(&items), "a long list");
    let list = one(&root, "ol");
    assert_eq!((list.child_element_count(), all(&root, "li").len()), (52, 130));
    let numbers: Vec<_> =
        all(&root, ".items > li:first-child").iter().map(|it| it.get_attribute("value")).collect();
    assert_eq!(numbers, [Some("55".to_owned()), Some("105".to_owned())]);
    assert_eq!(list.text_content().unwrap_or_default().matches("item").count(), 130);
    let rows: String = (0..130).map(|at| format!("| {at} | b |\n")).collect();
    let table = format!("| a | b |\n|---|---|\n{rows}");
    let root = drawn_in(&table, 11);
    are_alike(&root, &drawn(&table), "a long table");
    let counts: Vec<_> = all(&root, "tbody").iter().map(Element::child_element_count).collect();
    assert_eq!(counts, [50, 50, 30]);
}

#[wasm_bindgen_test]
fn a_long_paragraph_stands_in_many_text_nodes() {
    let text = format!("{}end", "words and 낱말 and 言葉 ".repeat(100));
    let root = drawn_in(&text, 6);
    let paragraph = one(&root, "p");
    let nodes = paragraph.child_nodes().length();
    assert!(nodes > 4, "{nodes}");
    assert_eq!(paragraph.text_content(), Some(text.clone()));
    // It becomes a heading, and then the text of a label: all of it moves, or goes.
    for end in ["\n===\n", "\n- item\n"] {
        let text = format!("{text}{end}");
        are_alike(&drawn_in(&text, 6), &drawn(&text), end);
    }
}

/// Browsers lay out a paragraph as a whole, so that one of 500 kB would never be drawn.
#[wasm_bindgen_test]
fn a_paragraph_longer_than_anyone_writes_is_parted() {
    let words = "words and **bold** ones ".repeat(400);
    for (text, least, most) in [
        // A person's paragraph is one.
        ("words and more **bold** words in a sentence. ".repeat(100), 0, 0),
        (words.repeat(10), 8, 24),
        ("a".repeat(100_000), 48, 50),
        (format!("a{}", "\u{301}".repeat(40_000)), 19, 20),
        ("*".repeat(3) + &words.repeat(4) + "***", 3, 10),
        ("*a*b".repeat(5_000), 8, 12),
        (format!("`{}`", "code ".repeat(10_000)), 4, 6),
        ("> ".repeat(90) + &"a b ".repeat(10_000), 3, 5),
        ("<b>".repeat(10_000), 2, 15),
        ("[ (](".repeat(8_000), 3, 5),
    ] {
        let root = drawn_in(&text, 900);
        let at_once = drawn(&text);
        assert_eq!(one(&root, ".box").text_content(), one(&at_once, ".box").text_content());
        let parts = all(&root, ".words");
        let counts = (parts.len(), all(&at_once, ".words").len());
        let name: String = text.chars().take(20).collect();
        assert!(
            (least..=most).contains(&counts.0) && (least..=most).contains(&counts.1),
            "{name}: {counts:?}"
        );
        for part in parts {
            let units = part.text_content().unwrap_or_default().encode_utf16().count();
            let elements = part.query_selector_all("*").expect("a selector").length();
            assert!(units <= 16 << 10 && elements <= 512, "{name}: {units}, {elements}");
            assert_eq!(part.closest("[dir=auto]"), Ok(None), "{name}");
        }
    }
}

/// Where lines end anyway, nothing looks otherwise; what was parted may become something else.
#[wasm_bindgen_test]
fn a_long_paragraph_is_parted_between_lines_and_can_go() {
    let text = "a line of words\n".repeat(3_000);
    let root = drawn_in(&text, 50);
    let mut parts = all(&root, ".words");
    assert!((4..6).contains(&parts.len()), "{}", parts.len());
    parts.pop();
    assert!(parts.iter().all(|part| part.text_content().unwrap_or_default().ends_with("words\n")));
    for end in ["===\n", "- item\n", "|a\n|-\n"] {
        let text = format!("{text}{end}\nafter");
        let root = drawn_in(&text, 500);
        assert_eq!(one(&root, ".box").text_content(), one(&drawn(&text), ".box").text_content(), "{end}");
        assert_eq!(one(&root, ".box > :last-child").text_content().as_deref(), Some("after"));
    }
}

#[wasm_bindgen_test]
fn what_is_settled_is_not_touched() {
    let text: String = (0..12)
        .map(|at| format!("## Part {at}\n\nSome **bold** and [a link](https://x.example) `code`.\n\n- one\n- two\n\n```rs\nlet a = {at};\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"))
        .collect();
    let root = place();
    let mut markdown = Markdown::new(&root).expect("a page");
    let mut seen: Vec<Node> = Vec::new();
    for piece in text.chars().collect::<Vec<_>>().chunks(4) {
        markdown.write(Language::English, &piece.iter().collect::<String>(), false);
        let blocks = all(&root, ".box > *");
        for (before, now) in seen.iter().zip(&blocks) {
            assert!(before.is_same_node(Some(now)), "a settled block was replaced");
        }
        // Two at the end may still change.
        let settled = blocks.len().saturating_sub(2);
        seen = blocks.into_iter().take(settled).map(Into::into).collect();
    }
    assert_eq!(seen.len(), 5 * 12 - 2);
}

#[wasm_bindgen_test]
fn code_is_kept_to_the_letter_and_what_hides_in_it_is_shown() {
    let lines: String = (0..250).map(|at| format!("line {at}\n")).collect();
    let root = drawn_in(&format!("```rust x\n{lines}a\u{202e}b\u{e0041}\u{200d}\n```\n"), 9);
    let code = one(&root, "pre code");
    assert_eq!(code.text_content(), Some(format!("{lines}a\u{202e}b\u{e0041}\u{200d}\n")));
    assert_eq!(code.child_element_count(), 3, "boxes of a hundred lines");
    let marks: Vec<_> =
        all(&root, ".hidden-char").iter().map(|mark| mark.get_attribute("data-char")).collect();
    assert_eq!(marks, [Some("U+202E".to_owned()), Some("U+E0041".to_owned())]);
    assert_eq!(one(&root, ".language").text_content().as_deref(), Some("rust"));
    assert_eq!(one(&drawn("`a\u{202e}b`"), "code").text_content().as_deref(), Some("a\u{202e}b"));
}

#[wasm_bindgen_test]
fn labels_are_said_in_the_language_of_the_page() {
    let root = drawn("```\nx\n```\n\n![a](https://i.example/x)");
    let copy = || one(&root, "[name=copy-code]").get_attribute("aria-label");
    assert_eq!(copy().as_deref(), Some("Copy the code"));
    tutti::ui::speak(&root, Language::Korean);
    assert_eq!(copy().as_deref(), Some("코드 복사"));
    assert_eq!(one(&root, ".image button").text_content().as_deref(), Some("이미지 열기 i.example"));
    assert_eq!(one(&root, "pre code").text_content().as_deref(), Some("x\n"));
}

thread_local! {
    static TOLD: RefCell<Vec<(String, String, bool)>> = const { RefCell::new(Vec::new()) };
}

#[wasm_bindgen_test]
async fn code_that_grows_is_told_of() {
    fn tell(code: &Code) {
        let text = code.element.text_content().unwrap_or_default();
        TOLD.with_borrow_mut(|told| told.push((code.info.clone(), text, code.is_complete)));
    }
    on_code(tell);
    let root = place();
    let mut markdown = Markdown::new(&root).expect("a page");
    let told = |text: &str, is_complete| {
        let entry = ("py told".to_owned(), text.to_owned(), is_complete);
        TOLD.with_borrow(|told| told.contains(&entry))
    };
    markdown.write(Language::English, "```py told\none = 1\n", false);
    until("word of the first line", || told("one = 1\n", false)).await;
    markdown.write(Language::English, "two = 2\n```\n\nafter", false);
    until("word of the whole", || told("one = 1\ntwo = 2\n", true)).await;
}
