"""What runs in the background: the worker, its schedule, the relay and the facts."""
