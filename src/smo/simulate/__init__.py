"""A simulated department with known truth, harmless in every word; it works through actions like everyone else."""
