"""Interviewers: interviews that were invented or copied, for which no dealer may be blamed."""
