"""A shelf of label types: each folder holds everything about one kind of answer."""
