//! `trace --format text`: what decides a line, and where a key ends up, for people.

use std::fmt::Write;

use super::origin;
use crate::model::{EffectiveValue, Location, Model, TracedCondition};
use crate::report::{counted, on_one_line, printable};
use crate::server::jinjava::ValueEffect;
use crate::server::mapper::Origin;
use crate::server::mapper::value::Value;
use crate::trace::{FileTrace, KeyTrace, LineTrace, NoPlace, TracedPlace};

/// What is shown of a longer text on a line.
const MAX_SHOWN: usize = 72;

/// One line with everything that decides it, or a line for each value in the file.
pub(crate) fn file(model: &Model, traced: &FileTrace, one: bool) -> String {
    let path = &traced.file.path;
    let mut text = String::new();
    if one {
        for line in &traced.lines {
            write_line(&mut text, model, traced, line);
        }
    } else {
        let lines = if traced.lines.len() == 1 { "line has a value" } else { "lines have values" };
        let _ = writeln!(text, "{path}: {} {lines}", traced.lines.len());
        let width = traced.lines.last().map_or(0, |line| line.line.to_string().len());
        for line in &traced.lines {
            for (number, value) in line.trace.keys.iter().enumerate() {
                let at = if number == 0 { line.line.to_string() } else { String::new() };
                let _ = writeln!(text, "  {at:>width$}  {}", described(model, value));
            }
        }
        if let Some(line) = traced.left_off {
            let _ = writeln!(text, "the lines from {line} on are left out: name one of them, such as {path}:{line}");
        }
    }
    printable(&text)
}

fn write_line(text: &mut String, model: &Model, traced: &FileTrace, line: &LineTrace) {
    let written = traced.masked.of_span(line.span);
    let _ = writeln!(text, "{}:{}: {}", traced.file.path, line.line, shortened(written.trim()));
    for value in &line.trace.keys {
        let _ = writeln!(text, "  {}", described(model, value));
    }
    if line.trace.keys.is_empty() {
        text.push_str("  no value is printed here: the template decides\n");
    }
    let mut templates: Vec<String> = line.trace.template.iter().map(|at| at_line(model, *at)).collect();
    templates.dedup();
    let name = &model.file(traced.file.template()).name;
    let _ = writeln!(text, "in {name}, {}:", templates.join(" and "));
    for condition in &line.trace.conditions {
        write_condition(text, model, condition);
    }
    if line.trace.conditions.is_empty() {
        text.push_str("  without a condition\n");
    }
}

fn write_condition(text: &mut String, model: &Model, condition: &TracedCondition) {
    let word = match (condition.is_loop, condition.holds) {
        (true, _) => "for each of",
        (false, true) => "if",
        (false, false) => "unless",
    };
    let _ = writeln!(text, "  {word} `{}` ({})", expression(model, condition.at), at_line(model, condition.at));
    if !condition.is_loop {
        for value in &condition.keys {
            let _ = writeln!(text, "    {}", described(model, value));
        }
    }
}

/// `key = value  # user, deployment.toml:12`
fn described(model: &Model, value: &EffectiveValue) -> String {
    let place =
        value.anchor.map(|at| format!("{}:{}", file_name(model, at), model.file(at.file).source.position(at.span.start).line));
    let Some(set) = &value.value else {
        let near = place.map(|place| format!(" in {place}")).unwrap_or_default();
        return format!("{}  # not set{near}", on_one_line(&value.key));
    };
    let mut text = format!("{} = {}", on_one_line(&value.key), shortened(&value.shown().unwrap_or(Value::Null).to_toml()));
    if let Some(origin) = origin(value) {
        let _ = write!(text, "  # {origin}");
    }
    if let Some(place) = place {
        let _ = write!(text, ", {place}");
    }
    match &value.origin {
        Some(Origin::Inferred { from }) => _ = write!(text, ", follows from {from}"),
        Some(Origin::User { .. }) if !matches!(set, Value::Table(_)) => {
            if let Some(written) = value.written.as_ref().filter(|written| **written != value.key) {
                let _ = write!(text, ", written as {written}");
            }
        }
        _ => {}
    }
    text
}

/// The name of deployment.toml or default.json, without its folder: a home has one of each.
fn file_name(model: &Model, at: Location) -> &str {
    let name = &model.file(at.file).name;
    name.rsplit('/').next().unwrap_or(name)
}

fn at_line(model: &Model, at: Location) -> String {
    format!("line {}", model.file(at.file).source.position(at.span.start).line)
}

/// Where a key ends up.
pub(crate) fn key(model: &Model, traced: &KeyTrace) -> String {
    let mut text = String::new();
    for value in &traced.values {
        let _ = writeln!(text, "{}", described(model, value));
    }
    for value in &traced.following {
        let _ = writeln!(text, "  {}", described(model, value));
    }
    for why in &traced.reasons {
        let _ = writeln!(text, "decides nothing: {}", reason(model, &on_one_line(&traced.key), why));
    }
    for (effect, heading) in [(ValueEffect::Printed, "printed in"), (ValueEffect::Decides, "decides what is printed in")] {
        let mut places: Vec<&TracedPlace> = traced.places.iter().filter(|place| place.effect == effect).collect();
        let lines = |place: &TracedPlace| (place.start.line, place.end.line, place.start == place.end);
        places.dedup_by(|one, other| {
            let is_same_tag = effect == ValueEffect::Printed || one.template == other.template;
            is_same_tag && one.path == other.path && lines(one) == lines(other)
        });
        if !places.is_empty() {
            let _ = writeln!(text, "{heading} {}:", counted(places.len(), "place"));
        }
        for found in places {
            write_place(&mut text, model, found);
        }
    }
    for file in &traced.untraced {
        let _ = writeln!(text, "not searched: {}: {}", file.path, file.why);
    }
    printable(&text)
}

fn write_place(text: &mut String, model: &Model, found: &TracedPlace) {
    let lines = match (found.start, found.end) {
        (start, end) if start == end => format!("{}, where nothing is printed", start.line),
        (start, end) if start.line == end.line => start.line.to_string(),
        (start, end) => format!("{}-{}", start.line, end.line),
    };
    let _ = writeln!(text, "  {}:{lines}", found.path);
    match found.effect {
        ValueEffect::Printed => _ = writeln!(text, "    {}", shortened(found.line.trim())),
        ValueEffect::Decides => {
            let tag = expression(model, found.template);
            let _ = writeln!(text, "    `{tag}`, {} of the template", at_line(model, found.template));
        }
    }
}

/// Why a key ends up nowhere, as a sentence without a full stop.
pub(super) fn reason(model: &Model, key: &str, why: &NoPlace) -> String {
    let at = |at: Location| format!("{}:{}", model.file(at.file).name, model.file(at.file).source.position(at.span.start).line);
    match why {
        NoPlace::Unknown { near } => {
            let near = near.as_ref().map(|near| format!("; {near}")).unwrap_or_default();
            format!("nothing sets `{key}`, and no template reads it{near}")
        }
        NoPlace::Lost { to } => format!("`{to}` is mapped to the same key, and its value is used instead"),
        NoPlace::ReadByCode => format!("no template reads `{key}`; the server itself reads it from deployment.toml"),
        NoPlace::NotRead => format!("no template reads `{key}`"),
        NoPlace::NotReached { at: read, condition, holds } => {
            let truth = if *holds { "true" } else { "false" };
            let (tag, line) = (expression(model, *condition), at_line(model, *condition));
            format!("{} reads it, but is not reached: `{tag}` in {line} is {truth}", at(*read))
        }
        NoPlace::WithoutEffect { at: read } => format!("{} reads it, but prints nothing that depends on it", at(*read)),
    }
}

/// An expression of a template, on one line.
fn expression(model: &Model, at: Location) -> String {
    let written = at.span.of(&model.file(at.file).source.text);
    shortened(&written.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
