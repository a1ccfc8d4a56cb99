"""What was decided: runs, scores, evidence, cases and events, in SQLite or PostgreSQL, with one writer."""
