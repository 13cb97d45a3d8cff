"""The tables, one aggregate a file, and how they are reached: SQLite or PostgreSQL, through Piccolo."""
