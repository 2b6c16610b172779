"""Statistics about labels: arrays and frames in, frozen dataclasses out; knows no Django and no database."""
