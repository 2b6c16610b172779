"""The quality of the work: sampling plans, draws, blind audits, findings, and gold keys."""
