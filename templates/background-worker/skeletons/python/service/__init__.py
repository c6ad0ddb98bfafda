"""A worker without a port."""
