"""What `wabot validate` tells: one report, and one file for each form in which it is written."""
