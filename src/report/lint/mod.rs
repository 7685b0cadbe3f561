//! The formats of `lint`.

pub mod concise;
pub(crate) mod fixable;
pub mod human;
pub mod json;
mod report;
mod summary;

pub use report::Report;
