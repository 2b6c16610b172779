"""Models beside people: the predictions that models made about items."""
