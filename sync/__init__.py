"""Words and machinery that carry the journal to a central server. The desk lends without it."""
