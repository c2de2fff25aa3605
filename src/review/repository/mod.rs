//! What a repository says of its own review: which policy and which template judge, what is wrong with them, which
//! numbers are taken, which paths exist. The bot and `ep-bot check` decide all of it here, each from what it read.

mod claims;
mod listing;
mod policy_file;
mod preview;
mod rule_file;
mod template_file;

pub use claims::{Brought, claims, may_hold_eps, number};
pub use listing::{Item, Listing};
pub use policy_file::{Origin, Suspects, policy_findings, read_policy, too_large_policy};
pub use preview::{MAX_PREVIEWED, Preview, PreviewFile, Rules, Turned, as_it_stands, preview};
pub use rule_file::{RuleFile, RuleFinding, RuleKind, Standing};
pub use template_file::{Chosen, absent_template, choose_template, template_findings};
