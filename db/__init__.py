"""The desk's local store: SQLite through peewee, journal, projections, search, backup."""
