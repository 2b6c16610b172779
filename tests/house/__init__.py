"""What imports alone cannot show about the house."""
