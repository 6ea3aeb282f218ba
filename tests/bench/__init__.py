"""The bench: how fast the desk is, measured as ratios within one run. `python -m tests.bench` prints the table."""
