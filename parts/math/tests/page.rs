//! The page makes only what it has on its own lists, which are these.

use tutti_math::lists::{ATTRIBUTES, ELEMENTS};

const PAGE: &str = include_str!("../../../src/browser/parts/math.rs");

#[test]
fn the_page_has_the_same_lists() {
    assert!(PAGE.contains("#[path = \"../../../parts/math/src/lists.rs\"]"));
    assert!(!PAGE.contains("&[&str]"), "a list of its own");
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
