"""`python -m resynapse`."""

from .cli.main import main

main()
