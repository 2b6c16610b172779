"""How the kernel's tables came to be."""
