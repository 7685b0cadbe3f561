//! Rules about the nodes of a deployment.

pub(super) mod gateway_label_mismatch;
