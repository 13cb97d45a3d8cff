"""The log: what happened, written in batches, kept for a while, and counted by the hour."""
