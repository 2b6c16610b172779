"""One chart for each question, one theme; the same for page, PDF and slide."""
