//! The rows: every provider that Tutti knows by name, and what a model list tells of a model.
