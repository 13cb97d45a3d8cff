"""What several tests need: the vendor's stand-in, and a gateway that runs."""
