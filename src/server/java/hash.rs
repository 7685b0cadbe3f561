//! The order in which Java's `HashMap` and `HashSet` give what was put into them (java.util.`HashMap`, `OpenJDK` 8 to 21).

use indexmap::IndexMap;

/// `String.hashCode`, over UTF-16 units.
pub fn hash_of(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// `List.hashCode` of a list of strings.
pub fn hash_of_list(parts: &[&str]) -> i32 {
    parts.iter().fold(1i32, |hash, part| hash.wrapping_mul(31).wrapping_add(hash_of(part)))
}

const LEAST_CAPACITY: usize = 16;

/// `items`, put one after the other into an empty `HashSet`, in the order in which it gives them.
pub fn in_set_order<T>(items: Vec<T>, hash: impl Fn(&T) -> i32) -> Vec<T> {
    let capacity = grown(LEAST_CAPACITY, items.len());
    in_order(items, capacity, hash)
}

/// Buckets in their order; within one, the order in which the items came. A bucket of eight and more would become a tree, which no
/// configuration reaches.
fn in_order<T>(mut items: Vec<T>, capacity: usize, hash: impl Fn(&T) -> i32) -> Vec<T> {
    items.sort_by_cached_key(|item| bucket(hash(item), capacity));
    items
}

fn bucket(hash: i32, capacity: usize) -> usize {
    #[expect(clippy::cast_sign_loss, reason = "the bits are what counts")]
    let hash = hash as u32;
    (hash ^ (hash >> 16)) as usize & (capacity - 1)
}

/// The capacity once `len` items are in a map that had `capacity`: it doubles when three quarters are exceeded.
fn grown(mut capacity: usize, len: usize) -> usize {
    while len > capacity * 3 / 4 {
        capacity *= 2;
    }
    capacity
}

/// A `HashMap` of strings that remembers how large it has grown.
#[derive(Debug, Clone)]
pub struct HashOrdered<V> {
    entries: IndexMap<String, V>,
    capacity: usize,
}

impl<V> HashOrdered<V> {
    /// The map after `putAll` on an empty one, which makes room for everything at once.
    pub fn from_all(entries: IndexMap<String, V>) -> Self {
        let capacity = match entries.len() {
            0 => LEAST_CAPACITY,
            len => (len * 4 / 3 + 1).next_power_of_two(),
        };
        Self { entries, capacity }
    }

    /// The map after `clear` and `putAll`: it keeps its size.
    pub fn refilled<W>(&self, entries: IndexMap<String, W>) -> HashOrdered<W> {
        HashOrdered { capacity: grown(self.capacity, entries.len()), entries }
    }

    /// Puts a value.
    pub fn insert(&mut self, key: String, value: V) {
        self.entries.insert(key, value);
        self.capacity = grown(self.capacity, self.entries.len());
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.entries.get_mut(key)
    }

    /// Keys and values in the order in which Java gives them.
    pub fn in_order(&self) -> Vec<(&str, &V)> {
        let entries = self.entries.iter().map(|(key, value)| (key.as_str(), value)).collect();
        in_order(entries, self.capacity, |(key, _)| hash_of(key))
    }

    /// The keys in the order in which Java gives them.
    pub fn keys(&self) -> Vec<String> {
        self.in_order().into_iter().map(|(key, _)| key.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_java() {
        // As `hashCode` of a string and of a `List.of` gave them in OpenJDK.
        for (text, hash) in [
            ("server.offset", 461_355_422),
            ("transport.passthru_https.listener.parameters.HttpsProtocols", -977_304_689),
            ("é😀", 1_996_812),
            ("", 0),
        ] {
            assert_eq!(hash_of(text), hash, "{text}");
        }
        assert_eq!(hash_of("Aa"), hash_of("BB"));
        assert_eq!(hash_of_list(&["a"]), 128);
        assert_eq!(hash_of_list(&["server.offset", "x"]), 1_417_117_275);
    }

    /// What a `HashMap` of `OpenJDK` 17 was given, and the order in which its `keySet` gave it back.
    const PUT: &str = "1dkc 11xo mr1 1o7w 1wys 1f4e 1vvk 22kp 249u ui6 o2o akw 1oqc 1wlr 1lhb 1x6m a01 135e 1j0r tjb 18mq xw4 19fn 1ngb 2466 \
        1buc 41j suw 1fdc 12fn 3f 1o8p 199z 1dar qnb cq4 1yui dia z7y hxe zqt 11ps 5x5 1o7z 19s5 1lej 6kg 18z5 evg fxo r0k 41p \
        15te 1i56 sfg zuc 1wu0 8x9 21h6 183p";
    const GIVEN: &str = "1fdc dia sfg 15te 1lhb 11xo 1o8p 8x9 1o7z 183p 2466 1wys 1o7w qnb 199z 18mq 135e fxo 1oqc 19fn suw hxe 1yui evg 1i56 \
        1ngb 18z5 1dkc 1wlr 21h6 3f 1j0r 1vvk r0k 1dar 1wu0 mr1 o2o tjb 1lej 5x5 19s5 1f4e zqt z7y ui6 a01 xw4 41p akw 41j \
        11ps 1buc 6kg 249u 1x6m 12fn cq4 22kp zuc";

    #[test]
    fn a_set_gives_its_buckets_in_order() {
        assert_eq!(in_set_order(vec!["banana", "apple", "cherry"], |text| hash_of(text)), ["banana", "apple", "cherry"]);
        assert_eq!(in_set_order(vec!["BB", "Aa"], |text| hash_of(text)), ["BB", "Aa"]);
        let keys: Vec<String> = PUT.split(' ').map(|key| format!("k.{key}")).collect();
        let expected: Vec<String> = GIVEN.split(' ').map(|key| format!("k.{key}")).collect();
        assert_eq!(in_set_order(keys, |key| hash_of(key)), expected);
    }

    #[test]
    fn a_map_keeps_the_size_that_it_has_grown_to() {
        let full = HashOrdered::from_all((0..13).map(|number| (number.to_string(), ())).collect());
        assert_eq!(full.capacity, 32);
        assert_eq!(full.refilled::<()>(IndexMap::new()).capacity, 32);
    }
}
