"""SHELF of statistics that add up: put a file with ADDITIVE here and shards, days and Spark can use it."""
