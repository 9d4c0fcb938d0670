"""The engine, as tables and properties."""
