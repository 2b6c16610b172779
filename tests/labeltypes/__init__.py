"""The shelf of label types."""
