"""What the cluster runs to ask whether the worker works; see the Deployment."""

import sys

from .heartbeat import is_alive

if __name__ == "__main__":
    sys.exit(0 if is_alive() else 1)
