"""What intake decides without a database: what a column is, whether a row can be taken, and why not."""
