"""Decisions of quality that need no database: the error taxonomy, severity, what counts, who is blind to what."""
