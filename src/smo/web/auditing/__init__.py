"""The QA auditor's place: plans, blind audits, findings."""
