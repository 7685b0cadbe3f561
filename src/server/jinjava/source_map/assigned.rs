//! The names to which a part of a template assigns: a condition around it decides their values even if it is false.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::server::jinjava::ast::{Node, NodeKind, ParsedExpression};
use crate::server::jinjava::expression::ExpressionKind;

/// The names that `nodes` assign to, change, or call a method of, and how many nodes there are.
pub(in crate::server::jinjava) fn assigned_names<'n>(nodes: impl IntoIterator<Item = &'n Node>) -> (BTreeSet<Rc<str>>, usize) {
    let mut names = BTreeSet::new();
    let mut count = 0;
    collect(nodes, &mut names, &mut count);
    (names, count)
}

fn collect<'n>(nodes: impl IntoIterator<Item = &'n Node>, names: &mut BTreeSet<Rc<str>>, count: &mut usize) {
    for node in nodes {
        *count += 1;
        match &node.kind {
            NodeKind::Set { names: assigned, .. } => names.extend(assigned.iter().map(changed)),
            NodeKind::SetBlock { name, body } => {
                names.insert(name.clone());
                collect(body, names, count);
            }
            NodeKind::Do(expression) | NodeKind::Print(expression) => names.extend(owner(expression)),
            NodeKind::If(branches) => branches.iter().for_each(|branch| collect(&branch.body, names, count)),
            NodeKind::For { body, .. } | NodeKind::Block(body) => collect(body, names, count),
            NodeKind::Text(_) | NodeKind::Macro(_) | NodeKind::Else(_) | NodeKind::Broken(_) => {}
        }
    }
}

/// The name whose value an assignment changes: that of the namespace in `space.name`.
fn changed(assigned: &Rc<str>) -> Rc<str> {
    assigned.split_once('.').map_or_else(|| assigned.clone(), |(space, _)| space.into())
}

/// The name in `name.method(...)`.
fn owner(expression: &ParsedExpression) -> Option<Rc<str>> {
    match &expression.as_ref().ok()?.kind {
        ExpressionKind::Method(base, ..) => match &base.kind {
            ExpressionKind::Name(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}
