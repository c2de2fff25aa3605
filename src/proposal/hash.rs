//! Maps for short keys in great number: lines, headings, anchors.
//!
//! Seeded anew in each process, so that a hostile EP cannot pick keys that collide; several times as fast on a line
//! as the standard library's hash.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

/// A map.
pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;

/// A set.
pub(crate) type Set<T> = HashSet<T, RandomState>;
