"""The server's log and its fold: one logic over SQLite or PostgreSQL."""

from server.log.store import SqlLogStore, open_postgres, open_sqlite

__all__ = ["SqlLogStore", "open_postgres", "open_sqlite"]
