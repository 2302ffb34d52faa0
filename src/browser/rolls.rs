//! Lists that are longer than the screen, of which only what is seen is there.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{El, dom::effect};

impl El {
    /// A property of its style that follows its signals. By the object model: the page's policy allows no attribute.
    pub fn styled(self, property: &'static str, value: impl Fn() -> String + 'static) -> Self {
        if let Some(element) = self.element().dyn_ref::<HtmlElement>().cloned() {
            effect(move || {
                // The names are this program's own and valid.
                let _ = element.style().set_property(property, &value());
            });
        }
        self
    }

    /// The part of its height that is scrolled into view, from where to where, between 0 and 1; `None` while it is
    /// not laid out.
    pub fn seen(&self) -> Option<(f32, f32)> {
        let element = self.element();
        let (all, seen) = (element.scroll_height() as f32, element.client_height() as f32);
        let top = element.scroll_top() as f32;
        (seen > 0.0 && all > 0.0).then(|| (top / all, (top + seen) / all))
    }

    /// The innermost element in it that has this text first; itself where there is none.
    pub fn holding(&self, text: &str) -> Self {
        let mut at = self.element().clone();
        loop {
            let children = at.children();
            let mut children = (0..children.length()).filter_map(|place| children.item(place));
            match children.find(|child| child.text_content().is_some_and(|own| own.contains(text))) {
                Some(child) => at = child,
                None => return at.into(),
            }
        }
    }

    /// Scrolls whatever it stands in, so that it begins at the top of what is seen.
    pub fn scroll_into_view(&self) {
        self.element().scroll_into_view();
    }
}
