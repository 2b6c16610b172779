"""Safety Model Operations: work, facts, honest numbers, decisions, actions, and the effect measured again."""
