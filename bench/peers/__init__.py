"""The same rules in other rule engines: who decides as wabot does, and how fast. `make peers`, then `make bench`.

Each peer runs in a process of its own, with the libraries of requirements.txt and without wabot (`peer.py`).
"""
