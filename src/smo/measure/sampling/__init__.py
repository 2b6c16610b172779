"""SHELF of sampling designs: put a file with NAME, TITLE, NEEDS_STRATA and `draw` here and plans can use it."""
