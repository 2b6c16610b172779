"""The delivery manager's place: projects against their targets, and the items behind each number."""
