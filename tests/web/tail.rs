//! Text that grows.

use tutti::browser::Tail;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page;

#[wasm_bindgen_test]
fn text_grows_at_its_end_and_is_never_written_again() {
    let root = page::document().create_element("div").expect("an element");
    root.set_text_content(Some("left over"));
    let mut tail = Tail::new(root.clone());
    let first = "처음 ".repeat(200);
    tail.append(&first);
    let node = root.first_child().and_then(|block| block.first_child()).expect("a text node");
    let mut expected = first;
    for piece in ["<b>not markup</b>", "日本語", "👩‍💻", "\n"].iter().cycle().take(2000) {
        tail.append(piece);
        expected.push_str(piece);
    }
    assert_eq!(root.text_content().as_deref(), Some(expected.as_str()));
    assert!(root.child_element_count() > 3, "one endless block");
    assert!(root.query_selector("b").expect("a selector").is_none(), "text became markup");
    let still = root.first_child().and_then(|block| block.first_child());
    assert!(node.is_same_node(still.as_ref()), "a settled node was replaced");
    tail.clear();
    assert_eq!(root.text_content().as_deref(), Some(""));
}
