//! What changes on the screen.

use super::node::{Kind, Node};

/// One step of a cursor on the right edge of what is shown: a stack of open elements, of which the answer
/// itself is the lowest. Every step is relative to the end, so that what is settled is never named again.
/// Each update begins and ends with nothing open but the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A new last child of the top, without children; it becomes the top.
    Open(Kind),
    /// The top is no longer open.
    Close,
    /// The last child of the top becomes the top.
    Enter,
    /// A new text as the last child of the top.
    Text(String),
    /// More text at the end of the text that is the top's last child.
    Append(String),
    /// The last so many children of the top go.
    Remove(usize),
    /// The top changes its traits or its kind; its children stay.
    Become(Kind),
    /// The first so many children of the answer will never again be changed by steps relative to the end.
    Settled(usize),
    /// An earlier child of the answer looks otherwise, since a label was defined after it.
    Rebuild { block: usize, node: Node },
}
