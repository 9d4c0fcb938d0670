"""`python -m wabot` does what `wabot` does."""

from wabot.cli.main import main

main()
