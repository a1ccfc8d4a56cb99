"""How the tables came to be, step by step: one file of `versions` for every change."""
