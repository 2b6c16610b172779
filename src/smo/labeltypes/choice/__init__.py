"""One label out of a list."""
