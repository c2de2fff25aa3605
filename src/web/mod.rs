//! HTTP: webhook, health.
