//! `offset-not-integer`: an offset on which the server fails to start, or that does not do what it seems to.

use crate::diagnostic::Finding;
use crate::home::Generation;
use crate::ports::{MAX_OFFSET, MAX_PORT, WrittenOffset, written_offsets};
use crate::rule_info::Severity;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::server::mapper::value::Value;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let written = written_offsets(context.model());
    // The server parses only the offset that takes effect. The runtimes of a Carbon 5 home have one each.
    let count = if context.model().generation == Generation::Yaml { written.len() } else { 1 };
    findings.extend(written.iter().take(count).filter_map(|written| check_offset(context, written)));
}

fn check_offset(context: HomeContext, written: &WrittenOffset) -> Option<Finding> {
    let finding = |message: String| context.finding_at(written.anchor, message).key(written.key);
    let plain = format!("write a whole number from 0 to {MAX_OFFSET}");
    // What a deployment tool substitutes is unknown.
    if written.text.contains(['$', '{', '<']) || written.toml.as_ref().is_some_and(|toml| toml.value.is_none()) {
        return None;
    }
    let value = written.toml.as_ref().and_then(|toml| toml.value.as_ref());
    match value {
        None | Some(Value::Integer(_) | Value::Text(_)) => {}
        Some(other) => {
            let what = if matches!(other, Value::List(_)) { "a list".to_owned() } else { other.to_java() };
            return Some(finding(format!("the offset `{what}` is not an integer: the server does not start")).help(plain));
        }
    }
    let Ok(offset) = written.text.parse::<i64>() else {
        let shown = written.text.escape_debug();
        return Some(finding(format!("the offset `{shown}` is not an integer: the server does not start")).help(plain));
    };
    if offset < 0 {
        let message = format!("the offset {offset} is negative: the server subtracts it from every port");
        return Some(finding(message).help(plain).severity(Severity::Warning));
    }
    let listeners = context.ports().listeners.iter().filter(|listener| listener.enabled && listener.offset == offset);
    let refused = listeners.filter_map(|listener| Some((listener, listener.refused?)));
    if let Some((listener, port)) = refused.max_by_key(|(_, port)| *port).filter(|(listener, _)| listener.base.is_some()) {
        return Some(
            finding(format!("the offset {offset} moves {} to {port}, above the highest port {MAX_PORT}", listener.id))
                .help(plain),
        );
    }
    if offset > MAX_OFFSET {
        return Some(
            finding(format!("the offset {offset} is too large: not every default port fits below {MAX_PORT}")).help(plain),
        );
    }
    let is_text = matches!(value, Some(Value::Text(_)));
    is_text.then(|| {
        let message = format!("the offset `\"{}\"` is a string", written.text);
        let fix = fixes::set_key(context, written.key, &offset.to_string());
        finding(message).help(format!("write `{offset}` without quotes")).severity(Severity::Info).fix(fix)
    })
}
