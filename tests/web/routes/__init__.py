"""What every address shows and to whom: one file for each place, found by itself."""
