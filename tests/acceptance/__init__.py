"""The program as its users run it: real processes, real signals, real files."""
