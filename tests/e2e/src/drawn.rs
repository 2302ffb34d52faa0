//! What a page shows of Markdown: the words of the tree that the whole text is parsed into at once, which
//! nothing of what draws while it streams has touched.

use tutti::markdown::{Kind, Node, Options, whole};

/// The text content of an answer, without the buttons and labels that the page adds.
pub fn drawn(markdown: &str) -> String {
    let mut words = String::new();
    collect(&whole(markdown, Options { math: true }), &mut words);
    words
}

fn collect(nodes: &[Node], words: &mut String) {
    for node in nodes {
        if let Kind::Text(text) | Kind::FootnoteReference(text) = &node.kind {
            words.push_str(text);
        }
        collect(&node.children, words);
    }
}
