"""How large a sample must be, and what one of a given size can say, before anybody draws it."""
