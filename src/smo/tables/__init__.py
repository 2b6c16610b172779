"""Reading and writing tables that people bring: encodings, sniffing, columns, rejected rows."""
