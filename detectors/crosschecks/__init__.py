"""Evidence from other sources: complaints, reviews and audits that contradict the interviews."""
