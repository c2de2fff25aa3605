//! A GitHub that runs in the process.
