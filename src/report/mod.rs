//! A Review as people and programs read it.
