"""One vendor a file; each defines `VENDOR`."""
