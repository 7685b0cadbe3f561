//! The keys that the versions of a product read, as text: the format of `rules/catalog/keys/`, which rules/README.md describes. Tables
//! are written from schemas and read back into schemas.

mod chosen;
mod guess;
mod line;
mod read;
mod words;
mod write;

pub(super) use guess::{Products, guessed};
pub use read::KeyTable;
pub use write::{SchemasDiffer, write};
