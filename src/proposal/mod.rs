//! What an EP is: Markdown read into an outline with exact line ranges.
//!
//! **Invariant:** the parser never fails; no IO, no clock.

pub mod answer;
pub mod bullet;
pub mod checklist;
pub mod date;
mod hash;
mod html;
pub mod markup;
mod outline;
mod source;
pub mod status;
mod template;
pub mod text;
pub mod title;
pub mod toc;

pub(crate) use outline::Asked;
pub use outline::{Code, HiddenTag, Item, Link, Outline, Section, SectionId};
pub use source::{Lines, MAX_BYTES, Source, Unreadable};
pub use template::{Shape, Template, TemplateItem, TemplateSection};
pub use title::{PatternError, TitlePattern};
