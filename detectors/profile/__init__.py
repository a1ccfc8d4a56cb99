"""Profile: whether a unit's figures, taken together, are like anybody else's."""
