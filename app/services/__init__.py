"""Desk jobs: one verb is one method is one transaction. Knows the ports, not the store, Qt or the network."""
