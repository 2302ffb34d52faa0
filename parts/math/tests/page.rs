//! The page makes only what it has on its own lists, which are these.

use tutti_math::tree::{ATTRIBUTES, ELEMENTS};

const PAGE: &str = include_str!("../../../src/browser/parts/math.rs");

fn list(name: &str) -> Vec<&'static str> {
    let (_, rest) = PAGE.split_once(&format!("const {name}: &[&str] = &[")).expect("the list");
    rest.split_once(']').expect("its end").0.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_page_has_the_same_lists() {
    assert_eq!(list("ELEMENTS"), ELEMENTS);
    assert_eq!(list("ATTRIBUTES"), ATTRIBUTES);
}

#[test]
fn nothing_on_the_lists_links_loads_or_runs() {
    for name in ELEMENTS {
        assert!(!["maction", "annotation", "annotation-xml", "semantics", "mglyph", "a"].contains(name));
    }
    for name in ATTRIBUTES {
        assert!(
            !name.starts_with("on") && !["href", "src", "style", "xlink:href", "actiontype"].contains(name)
        );
    }
}
