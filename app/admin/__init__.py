"""The management API: one resource a file."""
