//! What the two rules on open HTTP listeners share: one finding per open listener of an id.

use super::anchor;
use crate::diagnostic::Finding;
use crate::rules::HomeContext;

/// A plain HTTP listener that a rule is about.
pub(super) struct PlainHttp {
    /// The listener.
    pub(super) id: &'static str,
    /// What is reached over it: the beginning of the message.
    pub(super) message: &'static str,
    /// The XML element that it is made of.
    pub(super) element: &'static str,
    /// That element for a person.
    pub(super) shown: &'static str,
}

impl PlainHttp {
    /// Reports every open listener of this kind.
    pub(super) fn check(&self, context: HomeContext, findings: &mut Vec<Finding>) {
        for listener in context.ports().listeners.iter().filter(|listener| listener.id == self.id && listener.enabled) {
            let Some(at) = anchor::of_listener(context, listener, self.element) else { continue };
            let on = listener.port().map_or_else(String::new, |port| format!(" on port {port}"));
            let finding = Finding::new(context.number, at, format!("{}{on}", self.message));
            let help = anchor::remedy(context, listener, self.shown);
            findings.push(Finding { key: anchor::key_of(context, listener), ..finding.help(help) });
        }
    }
}
