//! What a screen does with the ops, and what it must never be asked to do.

use tutti::markdown::{Document, Kind, Node, Op, Options};

/// The nodes that ops made, and how often they broke a rule.
#[derive(Default)]
pub struct Screen {
    pub blocks: Vec<Node>,
    pub settled: usize,
    depth: usize,
}

impl Screen {
    /// # Panics
    /// An op asks for what cannot be, or touches what is settled.
    pub fn apply(&mut self, ops: &[Op]) {
        for op in ops {
            self.step(op);
        }
        assert_eq!(self.depth, 0, "an update closes what it opens");
    }

    fn step(&mut self, op: &Op) {
        match op {
            Op::Open(kind) => {
                self.top().push(Node::new(kind.clone()));
                self.depth += 1;
            }
            Op::Close => self.depth = self.depth.checked_sub(1).expect("something is open"),
            Op::Enter => {
                assert!(!self.top().is_empty(), "there is something to enter");
                self.depth += 1;
                self.check();
            }
            Op::Text(text) => {
                assert!(!text.is_empty());
                self.top().push(Node::text(text.as_str()));
            }
            Op::Append(more) => {
                assert!(!more.is_empty());
                let last = self.top().last_mut().expect("a text");
                let Kind::Text(text) = &mut last.kind else { panic!("no text: {last:?}") };
                text.push_str(more);
                self.check();
            }
            Op::Remove(count) => {
                let top = self.top();
                let left = top.len().checked_sub(*count).expect("so many children");
                assert!(*count > 0);
                top.truncate(left);
                assert!(self.depth > 0 || self.blocks.len() >= self.settled, "what is settled stays");
            }
            Op::Become(kind) => {
                assert!(self.depth > 0);
                self.depth -= 1;
                self.top().last_mut().expect("the top").kind = kind.clone();
                self.depth += 1;
            }
            Op::Settled(count) => {
                assert!(*count >= self.settled && *count <= self.blocks.len());
                self.settled = *count;
            }
            Op::Rebuild { block, node } => {
                assert_eq!(self.depth, 0);
                *self.blocks.get_mut(*block).expect("the block") = node.clone();
            }
        }
    }

    fn check(&self) {
        assert!(self.blocks.len() > self.settled, "what is settled is not touched");
    }

    fn top(&mut self) -> &mut Vec<Node> {
        let mut top = &mut self.blocks;
        for _ in 0..self.depth {
            top = &mut top.last_mut().expect("an open element").children;
        }
        top
    }
}

/// Texts that stand side by side are one.
pub fn merged(nodes: &[Node]) -> Vec<Node> {
    let mut all: Vec<Node> = Vec::new();
    for node in nodes {
        if let Kind::Text(more) = &node.kind
            && let Some(Kind::Text(text)) = all.last_mut().map(|last| &mut last.kind)
        {
            text.push_str(more);
        } else {
            all.push(Node { kind: node.kind.clone(), children: merged(&node.children) });
        }
    }
    all
}

/// Streams pieces, with an update for each.
pub fn stream<'a>(pieces: impl IntoIterator<Item = &'a str>, options: Options) -> (Screen, Document) {
    let mut document = Document::new(options);
    let mut screen = Screen::default();
    let mut ops = Vec::new();
    for piece in pieces {
        document.push(piece);
        document.update(&mut ops);
        screen.apply(&ops);
        ops.clear();
    }
    document.finish(&mut ops);
    screen.apply(&ops);
    (screen, document)
}

/// Whether pieces add up to what the whole is; if not, what is otherwise.
pub fn difference<'a>(
    pieces: impl IntoIterator<Item = &'a str>,
    whole: &[Node],
    options: Options,
) -> Option<String> {
    let (screen, _) = stream(pieces, options);
    let shown = merged(&screen.blocks);
    (shown != whole).then(|| format!("streamed {}\n at once {}", outline(&shown), outline(whole)))
}

/// Nodes in one line, to be read by a person.
pub fn outline(nodes: &[Node]) -> String {
    let node = |node: &Node| match &node.kind {
        Kind::Text(text) => format!("{text:?}"),
        kind if node.children.is_empty() => format!("{kind:?}"),
        kind => format!("{kind:?}({})", outline(&node.children)),
    };
    nodes.iter().map(node).collect::<Vec<_>>().join(" ")
}

pub fn chars(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()])
}
