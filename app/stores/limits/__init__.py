"""Limits that several workers share: counters in Redis, and what is counted here while there is no Redis."""
