"""What a quality report costs: CPU seconds and memory."""
