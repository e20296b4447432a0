"""The page and its API: one FastAPI app on loopback; the pages use the API and nothing else."""
