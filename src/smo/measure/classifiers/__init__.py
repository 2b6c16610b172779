"""What can be said of models and labels beside people: confusion, curves, label errors."""
