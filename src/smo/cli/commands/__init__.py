"""The verbs of the smo command, loaded by name."""
