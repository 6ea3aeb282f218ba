"""Pure values and rules of lending. Standard library only; time, randomness and ids come in as arguments."""
