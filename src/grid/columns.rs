//! The order of the panels. A removal can be undone: what was taken goes back to its place.

/// An item that was taken out, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed<T> {
    pub index: usize,
    pub item: T,
}

/// Moves an item by so many places, at most to an end. `false` when it stays where it is.
pub fn move_by<T>(items: &mut [T], index: usize, delta: isize) -> bool {
    let Some(last) = items.len().checked_sub(1).filter(|last| index <= *last) else { return false };
    let target = index.saturating_add_signed(delta).min(last);
    let between = items.get_mut(index.min(target)..=index.max(target)).unwrap_or_default();
    if target < index {
        between.rotate_right(1);
    } else {
        between.rotate_left(1);
    }
    target != index
}

/// Takes an item out; `None` when there is none.
pub fn take<T>(items: &mut Vec<T>, index: usize) -> Option<Removed<T>> {
    (index < items.len()).then(|| Removed { index, item: items.remove(index) })
}

/// Puts an item back where it stood, or at the end if there are fewer now.
pub fn put_back<T>(items: &mut Vec<T>, removed: Removed<T>) {
    let index = removed.index.min(items.len());
    items.insert(index, removed.item);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn items_move_and_stop_at_the_ends() {
        let check = |index, delta, expected: &str, moves| {
            let mut items: Vec<char> = "abcd".chars().collect();
            assert_eq!(move_by(&mut items, index, delta), moves, "{index} by {delta}");
            assert_eq!(items.into_iter().collect::<String>(), expected, "{index} by {delta}");
        };
        check(1, 1, "acbd", true);
        check(1, -1, "bacd", true);
        check(0, 3, "bcda", true);
        check(3, -2, "adbc", true);
        check(0, 99, "bcda", true);
        check(3, isize::MIN, "dabc", true);
        check(1, isize::MAX, "acdb", true);
        check(0, -1, "abcd", false);
        check(3, 1, "abcd", false);
        check(2, 0, "abcd", false);
        check(4, -1, "abcd", false);
        check(usize::MAX, 1, "abcd", false);
        assert!(!move_by(&mut Vec::<u8>::new(), 0, 1));
    }

    #[test]
    fn what_was_taken_goes_back_to_its_place() {
        let mut items = vec!["a", "b", "c"];
        assert_eq!(take(&mut items, 3), None);
        let first = take(&mut items, 0).unwrap();
        let last = take(&mut items, 1).unwrap();
        assert_eq!(items, ["b"]);
        put_back(&mut items, first);
        put_back(&mut items, last.clone());
        assert_eq!(items, ["a", "c", "b"]);
        items.clear();
        put_back(&mut items, Removed { index: 9, ..last });
        assert_eq!(items, ["c"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_doubled(length in 0..8_usize, index in 0..10_usize, delta in -10..10_isize) {
            let mut items: Vec<usize> = (0..length).collect();
            let before = items.clone();
            let has_moved = move_by(&mut items, index, delta);
            prop_assert_eq!(has_moved, items != before);
            if has_moved {
                let at = items.iter().position(|item| *item == index).unwrap_or_default();
                prop_assert!(move_by(&mut items, at, index as isize - at as isize));
            }
            prop_assert_eq!(items, before);
        }
    }
}
