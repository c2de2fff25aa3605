//! What several integration tests share. `mod support;` takes in what every one needs; a test that
//! needs more, or only a part, names it: `mod support { pub mod graphql; }`.

pub(crate) mod contract;
pub(crate) mod story;
pub(crate) mod story;
