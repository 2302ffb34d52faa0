//! Tutti: one prompt, every model, at once.
