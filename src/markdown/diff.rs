//! From what is shown to what is to be shown, along the right edge.

use super::{
    node::{Kind, Node},
    op::Op,
};

/// The steps that make `new` of `old`, both being the last children of the top.
pub fn diff(old: &[Node], new: &[Node], ops: &mut Vec<Op>) {
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (old.get(same..).unwrap_or_default(), new.get(same..).unwrap_or_default());
    let Some((first_old, more_old)) = old.split_first() else {
        new.iter().for_each(|node| build(node, ops));
        return;
    };
    let kept = new.split_first().filter(|(first_new, _)| may_become(&first_old.kind, &first_new.kind));
    let Some((first_new, more_new)) = kept else {
        ops.push(Op::Remove(old.len()));
        new.iter().for_each(|node| build(node, ops));
        return;
    };
    if !more_old.is_empty() {
        ops.push(Op::Remove(more_old.len()));
    }
    change(first_old, first_new, ops);
    more_new.iter().for_each(|node| build(node, ops));
}

/// The same, where the first of `old` continues a block of which a part is settled, so that it must stay.
pub fn diff_kept(old: &[Node], new: &[Node], ops: &mut Vec<Op>) {
    let (Some((first_old, more_old)), Some((first_new, more_new))) = (old.split_first(), new.split_first())
    else {
        return diff(old, new, ops);
    };
    if first_old == first_new {
        return diff(more_old, more_new, ops);
    }
    if !more_old.is_empty() {
        ops.push(Op::Remove(more_old.len()));
    }
    change(first_old, first_new, ops);
    more_new.iter().for_each(|node| build(node, ops));
}

/// The steps that change the last child of the top in place.
fn change(old: &Node, new: &Node, ops: &mut Vec<Op>) {
    if let (Kind::Text(old), Kind::Text(new)) = (&old.kind, &new.kind) {
        let more = new.get(old.len()..).unwrap_or_default();
        if !more.is_empty() {
            ops.push(Op::Append(more.to_owned()));
        }
        return;
    }
    ops.push(Op::Enter);
    if old.kind != new.kind {
        ops.push(Op::Become(new.kind.clone()));
    }
    diff(&old.children, &new.children, ops);
    ops.push(Op::Close);
}

/// The steps that make a node as the last child of the top.
pub fn build(node: &Node, ops: &mut Vec<Op>) {
    if let Kind::Text(text) = &node.kind {
        ops.push(Op::Text(text.clone()));
        return;
    }
    ops.push(Op::Open(node.kind.clone()));
    node.children.iter().for_each(|child| build(child, ops));
    ops.push(Op::Close);
}

/// Whether an element can be kept, with what stands in it, when its kind changes so.
fn may_become(old: &Kind, new: &Kind) -> bool {
    use Kind::{Heading, Image, Item, Link, List, Paragraph, Text};
    match (old, new) {
        (Text(old), Text(new)) => new.starts_with(old.as_str()),
        (Paragraph | Heading(_), Paragraph | Heading(_))
        | (Item { .. }, Item { .. })
        | (Kind::Code { .. }, Kind::Code { .. })
        | (Kind::Math { .. }, Kind::Math { .. })
        | (Kind::Cell(_), Kind::Cell(_))
        | (Link { .. }, Link { .. })
        | (Image { .. }, Image { .. }) => true,
        (List { start: old, .. }, List { start: new, .. }) => old.is_some() == new.is_some(),
        (old, new) => old == new,
    }
}
