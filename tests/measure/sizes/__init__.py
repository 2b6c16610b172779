"""What a sample must be, and what one can say."""
