"""What of a tenant's rules its tests exercise, what they do not, and the test that is missing.

Kinds of things to cover are one file a kind, and one list of them in `kinds`.
"""
