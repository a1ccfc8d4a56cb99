"""Who decides: the reviewers' console."""
