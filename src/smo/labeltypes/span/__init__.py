"""Marked passages of a text."""
