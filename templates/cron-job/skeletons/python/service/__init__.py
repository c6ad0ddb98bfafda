"""A job that runs on a schedule."""
