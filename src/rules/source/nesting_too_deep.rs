//! `nesting-too-deep`: elements, tables, arrays or mappings that are nested beyond the limit.

use crate::diagnostic::Finding;
use crate::rules::context::{HomeContext, faults_of_files};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    faults_of_files(context, |_, fault| fault.too_deep, findings);
}
