"""The charts: a function from stored numbers to the dict of a chart, one file a chart."""
