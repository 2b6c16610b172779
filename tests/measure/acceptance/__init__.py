"""Acceptance of lots."""
