"""Full counts, figures beside their sources, and wall times: `make bench` runs all and prints."""

import sys
from pathlib import Path

# the tests' own oracles and full runs, at larger counts
_TESTS = Path(__file__).parent.parent / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "simulation")]
