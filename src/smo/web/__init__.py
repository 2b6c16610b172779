"""Pages: one folder for each person's place."""
