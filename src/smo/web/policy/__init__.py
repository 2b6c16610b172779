"""The policy owner's place: policies, guideline versions, label schemas."""
