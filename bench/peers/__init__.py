"""Other libraries in environments of their own: oracles and rivals of the measures, never imported by them."""
