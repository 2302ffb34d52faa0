//! Parts that work in workers, and formulas made of what they answer.

use std::time::Duration;

use tutti::browser::parts::{Part, build_formula};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const WORKER: &str = include_str!("../../parts/worker.js");

/// Answers with what it is asked; breaks off at an 8 and never ends at a 9. Of this text:
/// ```wat
/// (module (memory (export "memory") 1)
///  (func (export "alloc") (param i32) (result i32) (i32.const 4))
///  (func (export "run") (param i32 i32) (result i32)
///   (if (i32.eq (i32.load8_u (local.get 0)) (i32.const 9)) (then (loop $l (br $l))))
///   (if (i32.eq (i32.load8_u (local.get 0)) (i32.const 8)) (then (unreachable)))
///   (i32.store (i32.const 0) (local.get 1)) (i32.const 0)))
/// ```
const ECHO: &[u8] = &[
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x02, 0x60, 0x01, 0x7f, 0x01, 0x7f, 0x60,
    0x02, 0x7f, 0x7f, 0x01, 0x7f, 0x03, 0x03, 0x02, 0x00, 0x01, 0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x18,
    0x03, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00, 0x05, 0x61, 0x6c, 0x6c, 0x6f, 0x63, 0x00,
    0x00, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x01, 0x0a, 0x2f, 0x02, 0x04, 0x00, 0x41, 0x04, 0x0b, 0x28, 0x00,
    0x20, 0x00, 0x2d, 0x00, 0x00, 0x41, 0x09, 0x46, 0x04, 0x40, 0x03, 0x40, 0x0c, 0x00, 0x0b, 0x00, 0x0b,
    0x20, 0x00, 0x2d, 0x00, 0x00, 0x41, 0x08, 0x46, 0x04, 0x40, 0x00, 0x0b, 0x41, 0x00, 0x20, 0x01, 0x36,
    0x02, 0x00, 0x41, 0x00, 0x0b,
];

async fn echo(patience: Duration) -> Part {
    let bytes: JsValue = js_sys::Uint8Array::from(ECHO).into();
    let module = JsFuture::from(js_sys::WebAssembly::compile(&bytes)).await.expect("a module");
    Part::made_of(WORKER, module, patience)
}

#[wasm_bindgen_test]
async fn a_part_answers_again_and_again() {
    let mut part = echo(Duration::from_secs(60)).await;
    for request in [&b"abc"[..], b"", &[7; 50_000]] {
        assert_eq!(part.ask(request).await.as_deref(), Some(request));
    }
}

#[wasm_bindgen_test]
async fn what_breaks_off_is_ended_and_the_next_request_is_answered() {
    let mut part = echo(Duration::from_secs(60)).await;
    assert_eq!(part.ask(&[8]).await, None);
    assert_eq!(part.ask(b"abc").await.as_deref(), Some(&b"abc"[..]));
}

#[wasm_bindgen_test]
async fn what_never_ends_is_ended_and_the_next_request_is_answered() {
    // It never answers, so the time that is waited does not matter.
    let mut part = echo(Duration::from_millis(50)).await;
    assert_eq!(part.ask(&[9]).await, None);
    part.set_patience(Duration::from_secs(60));
    assert_eq!(part.ask(b"abc").await.as_deref(), Some(&b"abc"[..]));
}

#[wasm_bindgen_test]
async fn a_part_that_cannot_be_loaded_answers_nothing() {
    let mut part = Part::new("no-such-part");
    for _ in 0..5 {
        assert_eq!(part.ask(b"abc").await, None);
    }
}

fn document() -> web_sys::Document {
    web_sys::window().and_then(|window| window.document()).expect("a document")
}

#[wasm_bindgen_test]
fn a_formula_is_made_of_listed_elements() {
    // <math display=block><mfrac><mi>a</mi><mn>2</mn></mfrac></math>, by the numbers of the lists.
    let tree =
        b"\x01\x00\x01\x05\x05block\x01\x02\x00\x01\x03\x00\x02\x01a\x03\x01\x05\x00\x02\x012\x03\x03\x03";
    let math = build_formula(&document(), tree).expect("a formula");
    assert_eq!(math.namespace_uri().as_deref(), Some("http://www.w3.org/1998/Math/MathML"));
    assert_eq!(math.get_attribute("display").as_deref(), Some("block"));
    assert_eq!(math.text_content().as_deref(), Some("a2"));
    let tags = math.query_selector_all("*").expect("elements");
    let tags: Vec<String> = (0..tags.length()).filter_map(|at| Some(tags.item(at)?.node_name())).collect();
    assert_eq!(tags, ["mfrac", "mi", "mn"]);
}

#[wasm_bindgen_test]
fn bytes_that_are_no_formula_make_nothing() {
    let bad: [&[u8]; 11] = [
        b"",
        b"\x00",
        b"\x01",
        b"\x01\x00\x00",
        b"\x01\xff\x00\x03",
        b"\x01\x00\x01\xff\x01x\x03",
        b"\x01\x00\x00\x02\x05ab\x03",
        b"\x02\x01a",
        b"\x03",
        b"\x01\x00\x00\x03\x03",
        b"\x01\x00\x00\x02\xff\xff\xff\xff\xff\x01a",
    ];
    for bytes in bad {
        assert!(build_formula(&document(), bytes).is_none(), "{bytes:?}");
    }
}
