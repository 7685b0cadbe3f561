//! `toml-syntax`: every place where deployment.toml is no TOML, and a byte-order mark, which the server's parser refuses.

use super::toml_refused_by_server::text_for_server;
use crate::diagnostic::{Finding, Target};
use crate::edit::Safety;
use crate::model::{FileId, LoadedFile, Location};
use crate::rule_info::Severity;
use crate::rules::context::{HomeContext, faults_of_files};
use crate::rules::fixes;
use crate::server::cava_toml::{self, Verdict};
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::{Kind, Span, secrets};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files().filter(|(_, loaded)| loaded.source.kind == Kind::Toml) {
        if loaded.source.byte_order_mark && !loaded.source.encoding.is_utf16() {
            let at = Location { file, span: Span::new(0, BYTE_ORDER_MARK.len_utf8()) };
            let finding = context.finding_at(at, "the file begins with a byte-order mark, which the server's parser refuses");
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
    let others = findings.len();
    faults_of_files(context, |kind, fault| kind == Kind::Toml && !fault.too_deep, findings);
    for (file, loaded) in context.files().filter(|(_, loaded)| loaded.source.kind == Kind::Toml && !loaded.faults.is_empty()) {
        add_word_of_server(file, loaded, &mut findings[others..]);
    }
}

/// What the server's own parser makes of a file with faults: it takes some that TOML does not, and operators search for its messages.
fn add_word_of_server(file: FileId, loaded: &LoadedFile, findings: &mut [Finding]) {
    let Some(text) = text_for_server(loaded) else { return };
    let line_of = |finding: &Finding| match &finding.target {
        Target::Site(site) if site.at.file == file => Some(loaded.source.position(site.at.span.start).line),
        _ => None,
    };
    let say = |finding: &mut Finding, word: &str| {
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!("{help}; "));
        finding.help = Some(format!("{help}{word}"));
    };
    match cava_toml::check(text) {
        Verdict::Accepted => {
            for finding in findings.iter_mut().filter(|finding| line_of(finding).is_some()) {
                finding.severity = Some(Severity::Warning);
                say(finding, "the server reads the file as it is, but editors and other tools refuse it");
            }
        }
        Verdict::Rejected(refusals) => {
            let Some(first) = refusals.first() else { return };
            // The message repeats what the server stumbles over, and that may be a secret.
            let is_secret = first.span.of(text) != first.span.of(&secrets::masked(text));
            if let Some(finding) = findings.iter_mut().find(|finding| line_of(finding) == Some(first.line))
                && !is_secret
            {
                say(finding, &format!("the server says: {}", first.log_line()));
            }
        }
        Verdict::StackOverflow(span) => {
            let mark = loaded.source.text.len() - text.len();
            let line = loaded.source.position(mark + span.start).line;
            if let Some(finding) = findings.iter_mut().find(|finding| line_of(finding) == Some(line)) {
                say(finding, "the server dies of it with a StackOverflowError");
            }
        }
        Verdict::TooDeep(_) => {}
    }
}
