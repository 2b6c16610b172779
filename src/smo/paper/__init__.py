"""Documents made from plain values: the quality report."""
