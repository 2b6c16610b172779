"""What there is to work on and by which rules: projects, policies with their guideline versions, label schemas, targets."""
