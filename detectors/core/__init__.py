"""The nouns, the instruments and the contract that every detector keeps.

This package imports nothing else of Mingcha, and nothing heavy when it is imported.
"""
