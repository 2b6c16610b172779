"""What comes in: items with their content, and the imports that brought them, staged invisibly and published whole."""
