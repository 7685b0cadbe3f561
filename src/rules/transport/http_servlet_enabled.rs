//! `http-servlet-enabled`: the servlet container's plain HTTP connector is open.

use super::plain_http::PlainHttp;
use crate::diagnostic::Finding;
use crate::rules::context::HomeContext;

const LISTENER: PlainHttp = PlainHttp {
    rule: "http-servlet-enabled",
    id: "servlet-http",
    message: "consoles and admin services are served over plain HTTP",
    element: "Connector",
    parent: "Server/Service",
    needs_one: true,
    shown: "the `<Connector>` without `scheme=\"https\"`",
};

pub(in crate::rules) fn check(context: HomeContext, findings: &mut Vec<Finding>) {
    LISTENER.check(context, findings);
}
