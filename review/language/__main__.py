"""Bring ``zh.po`` up to the texts of the code: ``python -m review.language``."""

import sys

from review.language.catalogue import untranslated, update

if __name__ == "__main__":
    update()
    missing = untranslated()
    for message in missing:
        sys.stdout.write(f"to translate: {message}\n")
    sys.exit(1 if missing else 0)
