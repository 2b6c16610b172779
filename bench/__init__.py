"""Measurements of speed and memory: each prints a table; none of them is a test."""
