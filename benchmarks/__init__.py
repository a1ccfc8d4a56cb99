"""How accurate and how fast Mingcha is: each module is a command that writes a table of docs/benchmarks.md."""
