"""A point on a numbered scale."""
