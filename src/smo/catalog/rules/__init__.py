"""Decisions about the catalog that need no database."""
