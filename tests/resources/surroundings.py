"""Prints what its process was given."""

import os
import sys

sys.stdout.write(repr(dict(os.environ)))
