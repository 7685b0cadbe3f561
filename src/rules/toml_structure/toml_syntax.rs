//! `toml-syntax`: every place where deployment.toml is no TOML, and a byte-order mark, which the server's parser refuses.

use crate::diagnostic::Finding;
use crate::fix::edit::Safety;
use crate::model::Location;
use crate::rules::{HomeContext, faults_of_files, fixes};
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files().filter(|(_, loaded)| loaded.source.kind == Kind::Toml) {
        if loaded.source.byte_order_mark && !loaded.source.encoding.is_utf16() {
            let at = Location { file, span: Span::new(0, BYTE_ORDER_MARK.len_utf8()) };
            let finding =
                Finding::new(context.number, at, "the file begins with a byte-order mark, which the server's parser refuses");
            let edit = (at.span, String::new());
            let fix = fixes::fix_of(
                context.model(),
                file,
                "remove the byte-order mark".to_owned(),
                Safety::Safe,
                vec![edit],
                Vec::new(),
            );
            findings.push(finding.help("save the file as UTF-8 without a byte-order mark").fix(Some(fix)));
        }
    }
    faults_of_files(context, |kind, fault| kind == Kind::Toml && !fault.too_deep, findings);
}
