"""The rule language: YAML in, an immutable rule set or findings with line and column out."""
