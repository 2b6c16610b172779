"""How many labels an item needs, and whose: stop where the answer is sure enough, ask where one label more pays."""
