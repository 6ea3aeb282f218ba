"""Desk jobs: one verb is one method is one transaction. Knows the ports, never the store's tables, Qt or the network."""
