"""Plain data that all other packages share. Imports neither NumPy nor Matplotlib."""
