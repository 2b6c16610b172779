"""The work itself: queues, slots, assignments, decisions with their timing, and flags on the guideline."""
