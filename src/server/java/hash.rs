//! The iteration order of Java's `HashMap` and `HashSet` (`java.util.HashMap`, `OpenJDK` 8 to 21).

use indexmap::IndexMap;

/// Java's `String.hashCode`, which hashes UTF-16 units.
pub(crate) fn hash_of(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Java's `List.hashCode` for a list of strings.
pub(crate) fn hash_of_list(parts: &[&str]) -> i32 {
    parts.iter().fold(1i32, |hash, part| hash.wrapping_mul(31).wrapping_add(hash_of(part)))
}

/// The capacity of an empty table.
const MIN_CAPACITY: usize = 16;

/// Orders `items` as a `HashSet` iterates over them after they were added one by one.
pub(crate) fn in_set_order<T>(items: Vec<T>, hash: impl Fn(&T) -> i32) -> Vec<T> {
    let capacity = grown(MIN_CAPACITY, items.len());
    in_order(items, capacity, hash)
}

/// Orders items by bucket, and by insertion within a bucket. Java makes a tree of a bucket with eight items or more, which no
/// configuration has.
fn in_order<T>(mut items: Vec<T>, capacity: usize, hash: impl Fn(&T) -> i32) -> Vec<T> {
    items.sort_by_cached_key(|item| bucket(hash(item), capacity));
    items
}

fn bucket(hash: i32, capacity: usize) -> usize {
    #[expect(clippy::cast_sign_loss, reason = "only the bits matter")]
    let hash = hash as u32;
    (hash ^ (hash >> 16)) as usize & (capacity - 1)
}

/// The capacity of a table with `len` items that had `capacity` before: it doubles while more than three quarters are full.
fn grown(mut capacity: usize, len: usize) -> usize {
    while len > capacity * 3 / 4 {
        capacity *= 2;
    }
    capacity
}

/// A `HashMap` with strings as keys. It keeps its capacity, as Java does.
#[derive(Debug, Clone)]
pub(crate) struct HashOrdered<V> {
    entries: IndexMap<String, V>,
    capacity: usize,
}

impl<V> HashOrdered<V> {
    /// A map that was filled by `putAll` while it was empty, which reserves room for all entries at once.
    pub(crate) fn from_all(entries: IndexMap<String, V>) -> Self {
        let capacity = match entries.len() {
            0 => MIN_CAPACITY,
            len => (len * 4 / 3 + 1).next_power_of_two(),
        };
        Self { entries, capacity }
    }

    /// The map after `clear` and `putAll`, which keep its capacity.
    pub(crate) fn refilled<W>(&self, entries: IndexMap<String, W>) -> HashOrdered<W> {
        HashOrdered { capacity: grown(self.capacity, entries.len()), entries }
    }

    /// The map after `clear` and `putAll` of what `make` makes of its keys and values in Java's order.
    pub(crate) fn into_refilled(self, make: impl FnOnce(IndexMap<String, V>) -> IndexMap<String, V>) -> Self {
        let Self { mut entries, capacity } = self;
        entries.sort_by_cached_key(|key, _| bucket(hash_of(key), capacity));
        let mut entries = make(entries);
        entries.shrink_to_fit();
        Self { capacity: grown(capacity, entries.len()), entries }
    }

    /// Inserts a value, or replaces the value of a key.
    pub(crate) fn insert(&mut self, key: String, value: V) {
        self.entries.insert(key, value);
        self.capacity = grown(self.capacity, self.entries.len());
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    /// The value of a key, for changing it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// Keys and values in the order of insertion.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Keys and values in Java's order.
    pub(crate) fn in_order(&self) -> Vec<(&str, &V)> {
        let entries = self.entries.iter().map(|(key, value)| (key.as_str(), value)).collect();
        in_order(entries, self.capacity, |(key, _)| hash_of(key))
    }

    /// The keys in Java's order.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.in_order().into_iter().map(|(key, _)| key.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_as_in_java() {
        assert_eq!(hash_of("hello"), 99_162_322);
        assert_eq!(hash_of("\u{1f600}"), 1_772_899);
        assert_eq!(hash_of("polygenelubricants"), i32::MIN);
        assert_eq!(hash_of("Aa"), hash_of("BB"));
        assert_eq!(hash_of(""), 0);
        assert_eq!(hash_of_list(&["a"]), 31 + 97);
    }

    /// Keys that were added to a `HashMap` of `OpenJDK` 17.
    const ADDED: &str = "1dkc 11xo mr1 1o7w 1wys 1f4e 1vvk 22kp 249u ui6 o2o akw 1oqc 1wlr 1lhb 1x6m a01 135e 1j0r tjb 18mq xw4 19fn 1ngb 2466 \
        1buc 41j suw 1fdc 12fn 3f 1o8p 199z 1dar qnb cq4 1yui dia z7y hxe zqt 11ps 5x5 1o7z 19s5 1lej 6kg 18z5 evg fxo r0k 41p \
        15te 1i56 sfg zuc 1wu0 8x9 21h6 183p";
    /// The order of its `keySet`.
    const ITERATED: &str = "1fdc dia sfg 15te 1lhb 11xo 1o8p 8x9 1o7z 183p 2466 1wys 1o7w qnb 199z 18mq 135e fxo 1oqc 19fn suw hxe 1yui evg 1i56 \
        1ngb 18z5 1dkc 1wlr 21h6 3f 1j0r 1vvk r0k 1dar 1wu0 mr1 o2o tjb 1lej 5x5 19s5 1f4e zqt z7y ui6 a01 xw4 41p akw 41j \
        11ps 1buc 6kg 249u 1x6m 12fn cq4 22kp zuc";

    #[test]
    fn a_set_iterates_over_its_buckets_in_order() {
        assert_eq!(in_set_order(vec!["banana", "apple", "cherry"], |text| hash_of(text)), ["banana", "apple", "cherry"]);
        assert_eq!(in_set_order(vec!["BB", "Aa"], |text| hash_of(text)), ["BB", "Aa"]);
        let keys: Vec<String> = ADDED.split(' ').map(|key| format!("k.{key}")).collect();
        let expected: Vec<String> = ITERATED.split(' ').map(|key| format!("k.{key}")).collect();
        assert_eq!(in_set_order(keys, |key| hash_of(key)), expected);
    }

    #[test]
    fn a_cleared_map_keeps_its_capacity() {
        let full = HashOrdered::from_all((0..13).map(|number| (number.to_string(), ())).collect());
        assert_eq!(full.capacity, 32);
        assert_eq!(full.refilled::<()>(IndexMap::new()).capacity, 32);
    }
}
