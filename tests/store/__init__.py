"""One contract, which every store must keep."""
