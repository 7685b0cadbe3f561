//! The conditions around a part of a template.

use crate::server::jinjava::ast::{Branch, Node, NodeKind, Template};
use crate::source::Span;

/// The conditions and loops around a part of a template, outermost first: the expression of each, and what it must be for the part to be
/// reached.
pub(crate) fn conditions_around(template: &Template, part: Span) -> Vec<(Span, bool)> {
    let mut conditions = Vec::new();
    collect(&template.nodes, part, &mut conditions);
    conditions
}

/// Adds the conditions around `part` in `nodes`. Returns whether it is in there.
fn collect(nodes: &[Node], part: Span, conditions: &mut Vec<(Span, bool)>) -> bool {
    nodes.iter().any(|node| {
        let before = conditions.len();
        let found = match &node.kind {
            NodeKind::If(branches) => in_branches(branches, node.span, part, conditions),
            NodeKind::For { collection, body, .. } => {
                conditions.push((collection.as_ref().map_or(node.span, |collection| collection.span), true));
                collect(body, part, conditions)
            }
            NodeKind::SetBlock { body, .. } | NodeKind::Block(body) => collect(body, part, conditions),
            NodeKind::Macro(defined) => collect(&defined.body, part, conditions),
            _ => false,
        };
        if found {
            return true;
        }
        conditions.truncate(before);
        node.span.start <= part.start && part.end <= node.span.end
    })
}

fn in_branches(branches: &[Branch], tag: Span, part: Span, conditions: &mut Vec<(Span, bool)>) -> bool {
    for branch in branches {
        let expression = branch.condition.as_ref().map(|condition| condition.as_ref().map_or(tag, |expression| expression.span));
        if let Some(expression) = expression {
            if expression.start <= part.start && part.end <= expression.end {
                return true;
            }
            conditions.push((expression, true));
        }
        if collect(&branch.body, part, conditions) {
            return true;
        }
        if let Some((_, wanted)) = conditions.last_mut().filter(|_| expression.is_some()) {
            *wanted = false;
        }
    }
    false
}
