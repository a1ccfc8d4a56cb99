"""How work starts: the Prefect flows, the settings, the command line, the places data comes from."""

__version__ = "0.1.0"
