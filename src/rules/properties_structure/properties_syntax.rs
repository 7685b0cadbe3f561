//! `properties-syntax`: escapes on which Java refuses a properties file.

use crate::diagnostic::Finding;
use crate::rules::context::{HomeContext, faults_of_files};
use crate::source::Kind;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    faults_of_files(context, |kind, _| kind == Kind::Properties, findings);
}
