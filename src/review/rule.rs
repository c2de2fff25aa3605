//! The rules as data: help, documentation and schema are generated from this one table.

/// One rule of the production readiness review. Names are stable: reports and policies use them.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as `prr-unanswered`.
    pub name: &'static str,
    /// One line: what it finds.
    pub short: &'static str,
}

/// Every rule.
pub static RULES: &[Rule] = &[];
