//! `unknown-suppression`: a comment that suppresses a rule that does not exist.

use super::removal;
use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;
use crate::suggest::did_you_mean;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    let (model, rules) = (context.model(), context.home.rules());
    for covering in model.suppressions() {
        let text = model.file(covering.file).source.text_of_server();
        for name in &covering.suppression.names {
            let written = name.of(text);
            if rules.has_rule_or_category(written) {
                continue;
            }
            let help = did_you_mean(written, rules.rules_and_categories(), '-')
                .unwrap_or_else(|| "`carbonlint rules` lists the rules".to_owned());
            let finding = context.finding(covering.file, *name, format!("there is no rule or category `{written}`")).help(help);
            findings.push(finding.fix(Some(removal(model, covering, *name))));
        }
    }
}
