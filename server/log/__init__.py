"""The server's log and its fold: one logic over SQLite or PostgreSQL."""
