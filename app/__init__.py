"""The gateway: it knows everything, and wires, serves and stores."""
