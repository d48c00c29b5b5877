"""What NumPy and SciPy do with traced scalars and arrays of them, and what is refused."""
