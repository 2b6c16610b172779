"""What can be said of people and slices: skill, who can be told apart, attention and time."""
