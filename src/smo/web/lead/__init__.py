"""The team lead's place: queues and flags."""
