"""Evidence in the list handed to the agency: whose numbers they are, and whose are missing."""
