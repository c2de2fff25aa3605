#![doc = include_str!("ARCHITECTURE.md")]

pub mod bot;
pub mod cli;
pub mod git;
pub mod github;
pub mod meter;
pub mod proposal;
pub mod report;
pub mod review;
pub mod simulator;
pub mod store;
pub mod web;
