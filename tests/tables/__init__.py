"""Reading and writing tables that people bring."""
