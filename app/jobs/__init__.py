"""Background work that a running gateway does by itself."""
