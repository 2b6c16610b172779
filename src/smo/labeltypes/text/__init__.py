"""Words written freely."""
