"""Acceptance of lots: single plans, zero acceptance, sequential plans, code letters and switching."""
