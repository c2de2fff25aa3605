//! GitHub: the only module that names octocrab.

pub mod types;

pub use types::*;
