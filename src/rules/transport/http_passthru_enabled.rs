//! `http-passthru-enabled`: the gateway's plain HTTP listener is open.

use super::plain_http::PlainHttp;
use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;

const LISTENER: PlainHttp = PlainHttp {
    rule: "http-passthru-enabled",
    id: "passthru-http",
    message: "API calls and messages are accepted over plain HTTP",
    element: "transportReceiver",
    parent: "axisconfig",
    needs_one: false,
    shown: "`<transportReceiver name=\"http\">`",
};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    LISTENER.check(context, findings);
}
