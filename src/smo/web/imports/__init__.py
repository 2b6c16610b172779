"""Where data comes in: a file, its mapping, a dry run, its progress."""
