//! `supertable-after-subtable`: a table after its subtable. This is valid TOML, but the server's parser nests the table in itself
//! (cava-toml 0.5.0 MutableTomlTable.createTable).

use crate::diagnostic::Finding;
use crate::edit::{Fix, Safety};
use crate::model::Location;
use crate::rules::context::HomeContext;
use crate::rules::fixes;
use crate::source::Span;
use crate::source::toml::TomlTable;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let Some((file, document)) = context.model().toml() else { return };
    for table in &document.tables {
        if let Some(child) = table.child_above.as_deref().copied() {
            let text = &context.model().file(file).source.text;
            let (parent, below) = (table.span.of(text), child.of(text));
            let message = format!("`{parent}` comes after `{below}`: the server fails to start with a StackOverflowError");
            let finding = context.finding(file, table.span, message);
            findings.push(
                finding
                    .help(format!("move `{parent}` and its keys above `{below}`"))
                    .key(&table.key)
                    .related(context.id, Location { file, span: child }, "its first subtable")
                    .fix(move_above(context, table, child)),
            );
        }
    }
}

/// Moves the table above its subtable: the only order that the server can read, with the same meaning in TOML.
fn move_above(context: HomeContext, table: &TomlTable, child: Span) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let edits = toml.move_before(table, child)?;
    let title = format!("move `{}` above `{}`", table.span.of(toml.text), child.of(toml.text));
    Some(fixes::fix_of(context.model(), file, title, Safety::Safe, edits, Vec::new()))
}
