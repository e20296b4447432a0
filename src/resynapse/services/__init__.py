"""Use cases, one file a verb: plain typed requests and answers, what every face calls."""
