//! The formats of `lint`.

mod advice;
pub mod concise;
pub(crate) mod fixable;
pub mod human;
pub mod json;
mod report;
pub(crate) mod statistics;
mod summary;

pub use report::{Report, Style};
