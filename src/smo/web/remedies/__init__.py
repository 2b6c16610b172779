"""A shelf of remedies: for each room, what to do about the refusals of its rules, as `REMEDIES`."""
