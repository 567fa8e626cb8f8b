"""Makes ``python -m msra_ner`` the same as ``msra-ner``."""

import sys

from msra_ner.cli import main

if __name__ == "__main__":
    sys.exit(main())
