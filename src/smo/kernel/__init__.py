"""What every app stands on: audit trail, outbox, clock, ids, permissions, errors."""
