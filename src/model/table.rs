//! A small map: pairs in the order of their keys. For the few things of a page; a tree or a hash table brings
//! several kB of code for each kind of pair.

/// Finding takes a few steps, putting in and taking out one for each pair behind.
#[derive(Clone, Debug)]
pub struct Table<K, V>(Vec<(K, V)>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Table<K, V> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Lets go what the condition does not hold for.
    pub fn retain(&mut self, stays: impl Fn(&K) -> bool) {
        self.0.retain(|(key, _)| stays(key));
    }

    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    pub fn first(&self) -> Option<&(K, V)> {
        self.0.first()
    }

    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
}

impl<K: Ord, V> Table<K, V> {
    /// The place of the key, or where it would be: so many keys are smaller.
    ///
    /// # Errors
    /// It is not there.
    pub fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }

    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(self.place(key).ok()?).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// In the place of what the key had before.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(place) => {
                if let Some(pair) = self.0.get_mut(place) {
                    pair.1 = value;
                }
            }
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        Some(self.0.remove(self.place(key).ok()?).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_value_and_the_smallest_goes_first() {
        let mut table = Table::default();
        for (key, value) in [(3, "c"), (1, "a"), (2, "x"), (2, "b")] {
            table.insert(key, value);
        }
        assert_eq!(table.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(table.values().copied().collect::<String>(), "abc");
        assert_eq!((table.get(&2), table.get(&4), table.contains_key(&3)), (Some(&"b"), None, true));
        assert_eq!((table.place(&3), table.place(&9)), (Ok(2), Err(3)));
        if let Some(value) = table.get_mut(&3) {
            *value = "z";
        }
        assert_eq!((table.remove(&2), table.remove(&2)), (Some("b"), None));
        assert_eq!((table.pop_first(), table.first()), (Some((1, "a")), Some(&(3, "z"))));
        table.iter_mut().for_each(|(_, value)| *value = "y");
        assert_eq!((table.pop_first(), table.pop_first()), (Some((3, "y")), None));
        table.insert(1, "a");
        table.clear();
        assert!(table.first().is_none());
    }
}
