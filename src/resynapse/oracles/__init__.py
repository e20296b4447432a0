"""Outside oracles: the model typed again from the notes, solved otherwise; for `resynapse verify` and the tests."""
