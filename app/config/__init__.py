"""YAML and environment to typed settings and ready stages; every problem as `file:line:column`."""
