"""Proof of everything that goes to paper: printed, rasterised and decoded again."""
