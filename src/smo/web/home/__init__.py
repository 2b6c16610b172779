"""Home: the door, what waits for me, how the pages look to me."""
