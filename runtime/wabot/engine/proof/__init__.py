"""Proofs about what texts keywords and regexes match: which of them takes every text of another."""
