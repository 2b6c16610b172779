"""Sampling designs: a file each, found by its presence, with NAME, TITLE, NEEDS and draw(frame, ask)."""
