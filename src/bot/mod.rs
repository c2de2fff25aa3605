//! What happens: a delivery names a subject, a worker looks at it as it is now, and the answer is posted.
//!
//! **Invariant:** every subject ends in a concluded check or in a row that says when it is tried next and
//! why. No error concludes as success.

mod answers;
mod books;
pub mod command;
mod decisions;
mod evaluate;
pub mod event;
mod gather;
mod herald;
mod inbox;
mod job;
mod people;
mod publish;
pub mod recovery;
mod remarks;
mod reviewer;
mod roster;
mod shelf;
mod surroundings;
mod sweep;
pub mod threads;
mod thrift;
mod trouble;
mod words;
mod worker;

pub use inbox::{Inbox, Taken};
pub use job::{Answer, Job};
pub use recovery::Recovery;
pub use reviewer::Reviewer;
pub use surroundings::{Clock, Dice};
pub use trouble::{Tries, Trouble};
pub use worker::{Pace, Workers};
