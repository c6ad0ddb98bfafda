"""A small HTTP service."""
