"""Tests of what is said about change."""
