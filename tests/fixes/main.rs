//! Fixes: what they write, that they touch nothing else, and that a second run changes nothing.

mod boxes;
mod guidance;
mod headings;
mod policy;
mod properties;
mod support;
mod toc;
mod words;
