//! What happens on a delivery.
