"""The central server that desks push to."""
