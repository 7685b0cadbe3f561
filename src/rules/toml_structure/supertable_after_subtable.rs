//! `supertable-after-subtable`: valid TOML on which the server's parser puts a table into itself and dies (cava-toml 0.5.0
//! MutableTomlTable.createTable).

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
        if let Some(child) = table.child_above {
            let text = &context.model().file(file).source.text;
            let (parent, below) = (table.span.of(text), child.of(text));
            let message = format!("`{parent}` stands below `{below}`: the server dies at the start with a StackOverflowError");
            let finding = context.finding(file, table.span, message);
            findings.push(
                finding
                    .help(format!("move `{parent}` with its keys above `{below}`"))
                    .key(&table.key)
                    .related(context.id, Location { file, span: child }, "its first subtable")
                    .fix(move_above(context, table, child)),
            );
        }
    }
}

/// The only order that the server reads, and the same configuration in every other way.
fn move_above(context: HomeContext, table: &TomlTable, child: Span) -> Option<Fix> {
    let (file, toml) = fixes::toml_of(context.model())?;
    let edits = toml.move_before(table, child)?;
    let title = format!("move `{}` above `{}`", table.span.of(toml.text), child.of(toml.text));
    Some(fixes::fix_of(context.model(), file, title, Safety::Safe, edits, Vec::new()))
}
