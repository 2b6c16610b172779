"""What is worked on and by which rules: projects, policies with guideline versions, label schemas, targets."""
