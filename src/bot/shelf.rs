//! A bounded map that several reach for: the oldest goes when it is full.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub(super) struct Shelf<K, V> {
    most: usize,
    held: Mutex<Held<K, V>>,
}

#[derive(Debug)]
struct Held<K, V> {
    values: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Hash + Eq + Clone, V: Clone> Shelf<K, V> {
    /// An empty one for `most` values.
    pub(super) fn of(most: usize) -> Self {
        let held = Held { values: HashMap::new(), order: VecDeque::new() };
        Self { most, held: Mutex::new(held) }
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).values.get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.values.insert(key.clone(), value).is_none() {
            held.order.push_back(key);
        }
        while held.order.len() > self.most {
            if let Some(oldest) = held.order.pop_front() {
                held.values.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let shelf = Shelf::of(2);
        for (key, value) in [(1, "a"), (2, "b"), (1, "c"), (3, "d")] {
            shelf.put(key, value);
        }
        assert_eq!([1, 2, 3].map(|key| shelf.get(&key)), [None, Some("b"), Some("d")]);
    }
}
