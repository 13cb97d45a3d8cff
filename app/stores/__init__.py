"""The ports of `pipeline.ports`, as the database answers them."""
