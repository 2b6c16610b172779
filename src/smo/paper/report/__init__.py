"""The quality report: from tables of labels to HTML, PDF, XLSX, Parquet and JSON."""
