//! Finding the key that was meant: one that is spelled a little differently, or that differs a little in one segment.

use super::list::SortedKeys;
use super::tree::{Branch, Branches, Subtree};
use crate::source::key::Key;
use crate::suggest::is_near;

impl SortedKeys {
    /// The keys that differ from `key` at most in what people often get wrong: case, and separators inside names.
    pub(in crate::server::mapper) fn spelled_like(&self, key: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.add_spelled_like(&self.root(), &self.branches, &plain(key), &mut found);
        found
    }

    /// `rest` is what the keys below `tree` must be spelled like.
    fn add_spelled_like(&self, tree: &Subtree, below: &Branches, rest: &str, found: &mut Vec<String>) {
        self.add_names(tree, |name| after_plain(rest, name).is_some_and(str::is_empty), found);
        for branch in self.branches_of(tree, below) {
            if let Some(rest) = after_plain(rest, &branch.segment).and_then(|rest| rest.strip_prefix('.')) {
                self.add_spelled_like(&branch.tree, &branch.below, rest, found);
            }
        }
    }

    /// The keys that differ from `key` in exactly one segment, and there only slightly; `*` matches any segment.
    pub(in crate::server::mapper) fn near(&self, key: &str) -> Vec<String> {
        let segments: Vec<&str> = Key::new(key).segments().map(|segment| segment.text).collect();
        let mut found = Vec::new();
        self.add_near(&self.root(), &self.branches, &segments, false, &mut found);
        found
    }

    fn add_near(&self, tree: &Subtree, below: &Branches, segments: &[&str], differs: bool, found: &mut Vec<String>) {
        let Some((own, rest)) = segments.split_first() else { return };
        let is_same = |known: &str| known == *own || known == "*";
        let is_near = |known: &str| !is_same(known) && is_near(own, known);
        if rest.is_empty() {
            self.add_names(tree, |name| if differs { is_same(name) } else { is_near(name) }, found);
            return;
        }
        for branch in self.branches_of(tree, below) {
            if is_same(&branch.segment) {
                self.add_near(&branch.tree, &branch.below, rest, differs, found);
            } else if !differs && is_near(&branch.segment) {
                self.add_near(&branch.tree, &branch.below, rest, true, found);
            }
        }
    }

    /// Adds the keys directly in the table at the top of `tree` whose names are `wanted`. A key can be there more than once.
    fn add_names(&self, tree: &Subtree, wanted: impl Fn(&str) -> bool, found: &mut Vec<String>) {
        let Some(table) = self.top_of(tree) else { return };
        let names = self.lines(table).map(|line| line.split_once('\t').map_or(line, |(name, _)| name));
        found.extend(names.filter(|name| wanted(name)).map(|name| Key::new(self.header(table)).join(Key::new(name))));
    }

    fn branches_of<'a>(&self, tree: &Subtree, below: &'a Branches) -> &'a [Branch] {
        below.get_or_init(|| {
            let step = |below: &Subtree, tree: &Subtree| &self.header(below.tables.start)[tree.common..below.common];
            let mut branches = Vec::new();
            let mut unfinished: Vec<Subtree> = self.below(tree).filter(|below| !step(below, tree).starts_with('[')).collect();
            while let Some(below) = unfinished.pop() {
                unfinished.extend(self.below(&below).filter(|elements| step(elements, &below).starts_with('[')));
                let segment = step(&below, tree);
                let segment = segment.strip_prefix('.').unwrap_or(segment).to_owned();
                branches.push(Branch { segment, tree: below, below: Branches::new() });
            }
            branches
        })
    }
}

/// What people often get wrong.
const OFTEN_WRONG: [char; 3] = ['_', '-', '\''];

/// A key without what people often get wrong.
fn plain(key: &str) -> String {
    key.chars().filter(|part| !OFTEN_WRONG.contains(part)).flat_map(char::to_lowercase).collect()
}

/// What follows `text`, without what people often get wrong, in `rest`; `None` if `rest` begins with something else.
fn after_plain<'a>(rest: &'a str, text: &str) -> Option<&'a str> {
    let mut own = text.chars().filter(|part| !OFTEN_WRONG.contains(part)).flat_map(char::to_lowercase);
    let mut left = rest.chars();
    if own.all(|part| left.next() == Some(part)) { Some(left.as_str()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_do_not_count() {
        let keys =
            SortedKeys::of_keys(["a.hostName", "a.host_name", "b.'host-name'", "a.b.port", "port", "a.'b.c'.x", "l-s[].x_y"]);
        assert_eq!(keys.spelled_like("a.hostname"), ["a.hostName", "a.host_name"]);
        assert_eq!(keys.spelled_like("B.host_Name"), ["b.'host-name'"]);
        assert_eq!(keys.spelled_like("a.b.c.x"), ["a.'b.c'.x"]);
        assert_eq!(keys.spelled_like("ls[].xy"), ["l-s[].x_y"]);
        assert!(keys.spelled_like("a.host").is_empty() && keys.spelled_like("ls.xy").is_empty());
        assert!(keys.spelled_like("a.b.p.ort").is_empty() && keys.spelled_like("").is_empty());
    }

    #[test]
    fn one_segment_may_differ_slightly() {
        let keys = ["a.'first.second'.c", "a.*.colour", "a.first.second", "a.list[].name", "first"];
        let near = |key| SortedKeys::of_keys(keys).near(key);
        assert_eq!(near("a.'first.secnd'.c"), ["a.'first.second'.c"]);
        assert_eq!(near("a.'first.second'.color"), ["a.*.colour"]);
        assert!(near("a.'first.secnd'").is_empty(), "it has another number of segments");
        assert!(near("a.frst.secnd").is_empty(), "two segments differ");
        assert!(near("a.first.second").is_empty(), "no segment differs");
        assert_eq!(near("a.frst.second"), ["a.first.second"]);
        assert_eq!(
            (near("a.list[].nme"), near("a.lst[].name")),
            (vec!["a.list[].name".to_owned()], vec!["a.list[].name".to_owned()])
        );
        assert_eq!(near("firt"), ["first"]);
    }
}
