"""The web console: static files that talk to the management API."""
