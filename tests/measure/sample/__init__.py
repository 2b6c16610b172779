"""What a sample rests on."""
