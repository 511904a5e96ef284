"""A shop of several files."""
