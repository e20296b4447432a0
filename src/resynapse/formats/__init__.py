"""Files in and out: strict, with file, line and field in every refusal."""
