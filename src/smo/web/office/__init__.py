"""The office: people, their accounts and roles, the audit trail, and who failed to sign in."""
