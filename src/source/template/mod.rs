//! Reads the templates of deployment tools: Helm and other Go templates, Jinja2 (Ansible), ERB (Puppet).
//!
//! A template is read several times, with other branches of its conditions each time, until each branch was read once. Each reading has the tags
//! masked: substituted values are unknown, and text outside the tags keeps its offset, so a span of the masked text is valid in the original.

mod branches;
mod mask;
mod readings;
mod tags;

pub(crate) use mask::Masked;
pub(crate) use readings::{Readings, read};

use branches::Branches;
use mask::Masker;
use tags::{Role, Tag, next_mark, tags_of};

use super::{Kind, Span};

/// A template of a deployment tool, with its tags and conditions.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    text: &'a str,
    kind: Kind,
    tags: Vec<Tag>,
    branches: Branches,
}

impl<'a> Template<'a> {
    /// The template in `text`, a file of this `kind`. `None` if there are no tags.
    pub(crate) fn of(text: &'a str, kind: Kind) -> Option<Self> {
        let tags = tags_of(text);
        let branches = Branches::of(text, &tags);
        (!tags.is_empty()).then_some(Self { text, kind, tags, branches })
    }

    /// The first tag.
    pub(crate) fn first_tag(&self) -> Span {
        self.tags.first().map_or(Span::default(), |tag| tag.span)
    }

    /// The tags, apart from those that print nothing.
    pub(crate) fn prints(&self) -> Vec<Span> {
        self.tags.iter().filter(|tag| tag.role != Role::Silent).map(|tag| tag.span).collect()
    }

    /// Whether a condition or a loop opens on a line that is a comment in the file: the tool reads it although the server does not.
    pub(crate) fn has_conditions_in_comments(&self) -> bool {
        let opening = self.tags.iter().filter(|tag| tag.role == Role::Open);
        opening.map(|tag| &self.text[..tag.span.start]).any(|before| before.ends_with("# ") || before.ends_with('#'))
    }

    /// The text with the tags masked, and only the text of the taken branches.
    fn mask(&self, taken: &[bool]) -> Option<Masked> {
        Masker::new(self.text, self.kind, &self.tags).run(&self.branches, taken)
    }
}

/// Masks the tags of a deployment tool in `text`, a file of this `kind`, with the first branch of each condition. Returns `None` if there are no
/// tags.
pub fn mask(text: &str, kind: Kind) -> Option<Masked> {
    let template = Template::of(text, kind)?;
    template.mask(&template.branches.first_ones())
}

/// Whether `text` is a deployment tool's template: whether a tag opens in it.
pub fn is_template(text: &str) -> bool {
    next_mark(text, 0).is_some()
}

/// How many conditions and loops are still open at the end of `text`, and whether its last tag closes one of them.
pub(crate) fn open_conditions(text: &str) -> (usize, bool) {
    let (mut depth, mut closes) = (0_usize, false);
    for tag in tags_of(text) {
        closes = tag.role == Role::Close && depth > 0;
        match tag.role {
            Role::Open => depth += 1,
            Role::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (depth, closes)
}
