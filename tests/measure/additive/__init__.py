"""Tests of the statistics that add up."""
