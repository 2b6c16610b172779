"""The smo command: one door, each verb a file."""
