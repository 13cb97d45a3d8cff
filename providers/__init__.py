"""Wire formats and vendors: from an attempt to bytes at a vendor, and back to events in the caller's format.

Knows HTTP clients; knows no database and no web framework.
"""
