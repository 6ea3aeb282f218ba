"""Proof: the folders mirror the rooms."""
