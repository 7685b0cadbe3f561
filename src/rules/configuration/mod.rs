//! The rules on what configures carbonlint itself.

pub(super) mod unknown_suppression;
pub(super) mod unused_suppression;

use super::fixes::fix_of;
use crate::edit::{Fix, Safety};
use crate::model::suppressions::line_around;
use crate::model::{Covering, Model};
use crate::source::Span;
use crate::source::suppression::Suppression;

/// Removes a name from a comment, and the comment with its last name.
fn removal(model: &Model, covering: &Covering, name: Span) -> Fix {
    let text = model.file(covering.file).source.text_of_server();
    let Suppression { comment, names, is_alone, .. } = &covering.suppression;
    let span = match names.iter().position(|other| *other == name) {
        Some(0) if names.len() > 1 => Span::new(name.start, names[1].start),
        Some(number) if number > 0 => Span::new(names[number - 1].end, name.end),
        _ if *is_alone => {
            let (first, last) = (line_around(text, comment.start), line_around(text, comment.end));
            Span::new(first.start, text.len().min(last.end + 1))
        }
        _ => Span::new(text[..comment.start].trim_end_matches([' ', '\t']).len(), comment.end),
    };
    let title = format!("remove `{}` from the comment", name.of(text));
    fix_of(model, covering.file, title, Safety::Safe, vec![(span, String::new())], vec![comment.of(text).to_owned()])
}
