"""The case list: what the rules settled and a person should look at."""
