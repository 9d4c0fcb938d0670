"""The real client without wabot, in a process of its own: for questions about the server, or about the library."""
