"""What the whole project promises: who imports whom, what every module says of itself, what the domain never does."""
