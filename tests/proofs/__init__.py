"""Long proofs, each with a command of its own; the checks run a short form of them."""
