//! `yaml-syntax`: where deployment.yaml is not valid YAML.

use crate::diagnostic::Finding;
use crate::rules::context::{HomeContext, faults_of_files};
use crate::source::Kind;

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    faults_of_files(context, |kind, fault| kind == Kind::Yaml && !fault.too_deep, findings);
}
