//! The database: deliveries, worklist, cache.
