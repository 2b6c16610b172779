"""Where a delivery manager sets up projects: what, by which rules, with which targets."""
