"""What is suspicious: evidence about dealers and interviewers, measured in bits."""
