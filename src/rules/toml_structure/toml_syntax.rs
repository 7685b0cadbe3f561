//! `toml-syntax`: every place where deployment.toml is not valid TOML, and a byte-order mark, which the server's parser rejects.

use super::toml_refused_by_server::text_for_server;
use crate::diagnostic::{Finding, Target};
use crate::edit::Safety;
use crate::model::{FileId, LoadedFile, Location};
use crate::rule_info::Severity;
use crate::rules::context::{HomeContext, faults_of_files};
use crate::rules::fixes;
use crate::server::cava_toml::{self, Verdict};
use crate::source::position::BYTE_ORDER_MARK;
use crate::source::secrets::{secrets_in, touches_secret};
use crate::source::{Kind, Span};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    for (file, loaded) in context.files().filter(|(_, loaded)| loaded.source.kind == Kind::Toml) {
        if loaded.source.byte_order_mark && !loaded.source.encoding.is_utf16() && loaded.source.embedded().is_none() {
            let at = Location { file, span: Span::new(0, BYTE_ORDER_MARK.len_utf8()) };
            let finding = context.finding_at(at, "the file begins with a byte-order mark, which the server's parser rejects");
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
    for (file, loaded) in context.files().filter(|(_, loaded)| loaded.source.kind == Kind::Toml && !loaded.faults().is_empty()) {
        add_server_verdict(file, loaded, &mut findings[others..]);
    }
}

/// Adds what the server's own parser says about a file with syntax errors. It accepts some of them, and operators search for its messages.
fn add_server_verdict(file: FileId, loaded: &LoadedFile, findings: &mut [Finding]) {
    let Some(text) = text_for_server(loaded) else { return };
    let line_of = |finding: &Finding| match &finding.target {
        Target::Site(site) if site.at.file == file => Some(loaded.source.position(site.at.span.start).line),
        _ => None,
    };
    let append = |finding: &mut Finding, note: &str| {
        let help = finding.help.as_ref().map_or_else(String::new, |help| format!("{help}; "));
        finding.help = Some(format!("{help}{note}"));
    };
    match cava_toml::check(text) {
        Verdict::Accepted => {
            for finding in findings.iter_mut().filter(|finding| line_of(finding).is_some()) {
                finding.severity = Some(Severity::Warning);
                append(finding, "the server accepts this, but editors and other tools reject it");
            }
        }
        Verdict::Rejected(refusals) => {
            let Some(first) = refusals.first() else { return };
            // The server's message repeats the rejected text, which may be a secret.
            let is_secret = touches_secret(&secrets_in(text), first.span);
            if let Some(finding) = findings.iter_mut().find(|finding| line_of(finding) == Some(first.line))
                && !is_secret
            {
                append(finding, &format!("the server says: {}", first.log_line()));
            }
        }
        Verdict::StackOverflow(span) => {
            let mark = loaded.source.text.len() - text.len();
            let line = loaded.source.position(mark + span.start).line;
            if let Some(finding) = findings.iter_mut().find(|finding| line_of(finding) == Some(line)) {
                append(finding, "the server fails on this with a StackOverflowError");
            }
        }
        Verdict::TooDeep(_) => {}
    }
}
