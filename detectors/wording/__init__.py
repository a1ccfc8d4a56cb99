"""Wording: what customers say, and whose words they are."""
