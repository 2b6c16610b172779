"""Facts on disk and the measured numbers made from them; knows no app."""
