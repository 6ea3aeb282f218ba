"""The server's front: HTTP around a `LogStore`. Knows desks' signatures and the limits, never how the log is kept."""
