"""A believable shop's past, made up: what `bench/make_history.py` writes."""
