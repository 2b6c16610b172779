"""How fast and how small an import is."""
