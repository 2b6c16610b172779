"""How fast the measures are, and how much memory they take."""
