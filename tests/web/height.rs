//! An answer that grows stands still for who reads it: what is settled is never replaced, and the end
//! never jumps up by more than a line.

use js_sys::Function;
use tutti::browser::El;
use tutti::markdown::{Document, Op, Options};
use tutti::ui::Markdown;
use tutti::ui::words::Language;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::page::{self, frame};

const STYLE: &str = include_str!("../../style/main.css");

/// As wide as a column among four, and as a telephone.
const WIDTHS: [u32; 2] = [380, 320];

/// How long pieces are, in turns, in characters.
const PIECES: [usize; 4] = [1, 2, 1, 3];

/// So many pieces between two frames, in which the browser decides what it lays out.
const FRAME: usize = 50;

/// Says what was changed that was settled: the blocks it is told of, the items and rows that another one
/// follows, and the lines of code that are no longer the last. What it is told was rebuilt may change.
const KEEPER: &str = "
    const [settled, watch] = [new WeakSet(), new MutationObserver(() => {})];
    watch.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    const blockOf = (node) => {
        while (node && !node.parentElement?.matches('.box')) node = node.parentElement;
        return node;
    };
    return (count, rebuilt) => {
        const said = [];
        const say = (what, node) => said.push(what + ' <' + node.nodeName + '> ' + node.textContent.slice(0, 60));
        for (const { target, type, removedNodes } of watch.takeRecords()) {
            const block = blockOf(target);
            if (block && settled.has(block) && !rebuilt) say('changed (' + type + ')', block);
            for (const node of removedNodes) {
                if (settled.has(node) && !rebuilt) say('removed', node);
            }
        }
        const blocks = [...root.querySelectorAll('.box > *')];
        const end = blocks.at(-1);
        blocks.slice(0, count).forEach((block) => settled.add(block));
        end?.querySelectorAll(':is(li, tr):has(+ :is(li, tr))').forEach((part) => settled.add(part));
        return said.join('; ');
    };";

struct Growing {
    root: HtmlElement,
    drawn: Markdown,
    /// The same text, to know what is settled.
    document: Document,
    ops: Vec<Op>,
    settled: usize,
    keeper: Function,
}

impl Growing {
    fn new(width: u32) -> Self {
        let element = page::document().create_element("div").expect("an element");
        element.set_class_name("reply");
        let root: HtmlElement = element.clone().unchecked_into();
        for (name, value) in [("position", "absolute"), ("top", "0"), ("left", "0")] {
            root.style().set_property(name, value).expect("a style");
        }
        root.style().set_property("width", &format!("{width}px")).expect("a style");
        page::document().body().expect("a body").append_child(&root).expect("a place");
        let keeper = Function::new_with_args("root", KEEPER).call1(&JsValue::NULL, &root).expect("a keeper");
        Self {
            root,
            drawn: Markdown::new(&El::from(element)).expect("a drawing"),
            document: Document::new(Options { math: true }),
            ops: Vec::new(),
            settled: 0,
            keeper: keeper.unchecked_into(),
        }
    }

    /// More text, or the end: what was changed that must not.
    fn grow(&mut self, text: Option<&str>) -> String {
        match text {
            Some(text) => {
                self.document.push(text);
                self.document.update(&mut self.ops);
            }
            None => self.document.finish(&mut self.ops),
        }
        self.drawn.write(Language::English, text.unwrap_or_default(), text.is_none());
        let mut is_rebuilt = false;
        for op in self.ops.drain(..) {
            match op {
                Op::Settled(count) => self.settled = count,
                Op::Rebuild { .. } => is_rebuilt = true,
                _ => {}
            }
        }
        let said = self.keeper.call2(&JsValue::NULL, &self.settled.into(), &is_rebuilt.into());
        said.expect("a list").as_string().expect("words")
    }

    fn height(&self) -> f64 {
        let height = Function::new_with_args("root", "return root.getBoundingClientRect().height");
        height.call1(&JsValue::NULL, &self.root).expect("a height").as_f64().expect("a number")
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        self.root.remove();
    }
}

/// One line of the text of an answer, in pixels.
fn line(root: &HtmlElement) -> f64 {
    let style = Function::new_with_args("root", "return parseFloat(getComputedStyle(root).lineHeight)");
    style.call1(&JsValue::NULL, root).expect("a style").as_f64().expect("a number")
}

async fn watch(name: &str, text: &str) {
    let style = page::document().create_element("style").expect("an element");
    style.set_text_content(Some(STYLE));
    page::document().body().expect("a body").append_child(&style).expect("a place");
    let mut faults = Vec::new();
    for width in WIDTHS {
        let mut answer = Growing::new(width);
        let line = line(&answer.root);
        assert!(line > 15.0, "the style is not in force: {line}");
        let chars: Vec<char> = text.chars().collect();
        let (mut at, mut turn, mut highest) = (0, 0, 0.0_f64);
        while at <= chars.len() {
            let end = (at + PIECES[turn % PIECES.len()]).min(chars.len());
            let piece: String = chars[at..end].iter().collect();
            let said = answer.grow(if at == chars.len() { None } else { Some(&piece) });
            let height = answer.height();
            let tail: String = chars[end.saturating_sub(60)..end].iter().collect();
            if !said.is_empty() {
                faults.push(format!("{name} at {width}px: {said}, after {tail:?}"));
            }
            if height < highest - line - 0.5 {
                faults.push(format!(
                    "{name} at {width}px: {:.1} lines lower, after {tail:?}",
                    (highest - height) / line
                ));
                highest = height;
            }
            highest = highest.max(height);
            if at == chars.len() {
                break;
            }
            (at, turn) = (end, turn + 1);
            if turn % FRAME == 0 {
                frame().await;
            }
        }
    }
    style.remove();
    if !faults.is_empty() {
        for fault in &faults {
            web_sys::console::log_1(&fault.into());
        }
        panic!("{} times, the first: {}", faults.len(), faults[0]);
    }
}

macro_rules! watched {
    ($($name:ident $file:literal),* $(,)?) => {$(
        #[wasm_bindgen_test]
        async fn $name() {
            watch(stringify!($name), include_str!($file)).await;
        }
    )*};
}

watched! {
    a_plan_with_everything "samples/trip.md",
    korean_prose "samples/korean.md",
    japanese_prose "samples/japanese.md",
    code_and_second_lines "samples/code.md",
    many_blocks "samples/long.md",
    a_mixed_answer "../markdown/samples/mixed.md",
    notes_and_labels "../markdown/samples/notes.md",
    formulas "../markdown/samples/latex.md",
}

/// That what this test looks for is found where it is.
#[wasm_bindgen_test]
fn a_settled_block_that_changes_is_noticed() {
    let mut answer = Growing::new(300);
    assert_eq!(answer.grow(Some("one\n\n- two\n- three\n\n\nfour\n\nfive\n\nsix")), "");
    assert!(answer.settled >= 2, "{}", answer.settled);
    let change = |script: &str| {
        let change = Function::new_with_args("root", script);
        change.call1(&JsValue::NULL, &answer.root).expect("a change");
        let said = answer.keeper.call2(&JsValue::NULL, &answer.settled.into(), &false.into());
        said.expect("a list").as_string().expect("words")
    };
    assert!(change("root.querySelector('p').firstChild.data += '!'").contains("characterData"));
    assert!(change("root.querySelector('ul').className = 'x'").contains("attributes"));
    assert!(change("root.querySelector('p').remove()").contains("removed <P> one!"));
}

/// For its direction a browser would read a whole table again with each new row.
#[wasm_bindgen_test]
fn what_is_long_is_not_searched_for_its_direction() {
    let mut answer = Growing::new(300);
    answer.grow(Some("1\n\n- 1\n- 2\n\n1. 1\n\n|1|\n|-|\n|2|\n"));
    let told = |css: &str| {
        let found = answer.root.query_selector(css).expect("a selector").expect(css);
        found.get_attribute("dir")
    };
    for css in ["p", "ul > li", "ol > li", "th", "td"] {
        assert_eq!(told(css).as_deref(), Some("auto"), "{css}");
    }
    for css in ["ul", "ol", ".table", "table"] {
        assert_eq!(told(css), None, "{css}");
    }
}
