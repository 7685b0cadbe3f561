//! Suggestions for misspelled names.

/// The maximum number of suggestions.
const MAX_SUGGESTIONS: usize = 3;

/// The length of the shortest part of a name from which the name is suggested, in bytes.
const MIN_PART: usize = 3;

/// The names in `known` that are most similar to `word`, best first: those with `word` as the last segments, then those a few edits
/// away. Upper and lower case count as the same.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, separator: char) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut found: Vec<(usize, &str)> =
        known.into_iter().filter_map(|name| Some((distance_of(&word, name, separator)?, name))).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(MAX_SUGGESTIONS).map(|(_, name)| name).collect()
}

/// Whether `name` is [`nearest`] to `word` if nothing else is known.
pub(crate) fn is_near(word: &str, name: &str) -> bool {
    // Fast path: the lengths of most names differ by more than the edits allow.
    let can_be_near = !word.is_ascii() || !name.is_ascii() || word.len().abs_diff(name.len()) <= most_edits(word);
    can_be_near && distance_of(&word.to_lowercase(), name, '\n').is_some()
}

/// `did you mean ...?` with the names that are most similar to `word`; `None` if none is similar.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, separator: char) -> Option<String> {
    question(&nearest(word, known, separator))
}

/// [`did_you_mean`] for names in kebab case, which can also have been written with `_`, or in part.
pub(crate) fn did_you_mean_name<'a>(word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let word = word.to_lowercase().replace('_', "-");
    did_you_mean(&word, known.clone(), '-').or_else(|| {
        question(&known.filter(|name| word.len() >= MIN_PART && name.contains(&word)).take(MAX_SUGGESTIONS).collect::<Vec<_>>())
    })
}

fn question(names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, others) = names.split_last()?;
    Some(if others.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", others.join(", "))
    })
}

/// The distance between `word`, in lower case, and `name`; `None` if they are too different for a suggestion.
fn distance_of(word: &str, name: &str, separator: char) -> Option<usize> {
    if word.is_empty() {
        return None;
    }
    let name = &name.to_lowercase()[..];
    if name.strip_suffix(word).is_some_and(|before| before.ends_with(separator)) {
        return Some(0);
    }
    let most = most_edits(word);
    // A word without a separator is a single segment, most likely the last one.
    let name = if word.contains(separator) { name } else { name.rsplit(separator).next().unwrap_or_default() };
    edits(word, name, most).map(|edits| edits + 1)
}

fn most_edits(word: &str) -> usize {
    (word.len() / 5).clamp(1, 4)
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two texts; `None` if there are more than `most`.
fn edits(one: &str, other: &str, most: usize) -> Option<usize> {
    // Fast path: an edit adds one character to those that a text has, or takes one away, or both.
    if (characters_of(one) ^ characters_of(other)).count_ones() as usize > 2 * most {
        return None;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, b) in other.iter().enumerate() {
            let mut least = (above[column] + usize::from(a != b)).min(above[column + 1] + 1).min(now[column] + 1);
            let swapped = row > 0 && column > 0 && one[row - 1] == *b && other[column - 1] == *a;
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            now.push(least);
        }
        if now.iter().all(|edits| *edits > most) {
            return None;
        }
        before = std::mem::replace(&mut above, now);
    }
    above.last().copied().filter(|edits| *edits <= most)
}

/// A bit for each character of a text. Characters can share one.
fn characters_of(text: &str) -> u64 {
    text.chars().fold(0, |bits, character| bits | 1 << (u32::from(character) % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_up_to_a_limit() {
        assert_eq!(edits("offset", "offset", 2), Some(0));
        assert_eq!(edits("ofset", "offset", 2), Some(1));
        assert_eq!(edits("offste", "offset", 2), Some(1));
        assert_eq!(edits("port", "offset", 2), None);
        assert_eq!(edits("", "ab", 2), Some(2));
    }

    #[test]
    fn names_that_end_with_the_word_come_first() {
        let known = ["server.offset", "server.hostname", "transport.offset", "a.ofset", "server"];
        assert_eq!(nearest("offset", known, '.'), ["server.offset", "transport.offset", "a.ofset"]);
        assert_eq!(nearest("server.ofset", known, '.'), ["server.offset"]);
        assert!(nearest("user_store", known, '.').is_empty());
        assert_eq!(did_you_mean("server.hostnme", known, '.').as_deref(), Some("did you mean `server.hostname`?"));
    }
}
