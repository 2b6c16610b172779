"""Measured numbers set against what was promised: projects against targets, and the items behind each number."""
