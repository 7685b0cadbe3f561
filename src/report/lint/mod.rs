//! The formats of `lint`.

pub mod concise;
pub mod human;
pub mod json;
mod report;
mod summary;

pub use report::Report;
