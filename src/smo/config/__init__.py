"""Settings parsed once, addresses and the entry point for the web server."""
