"""What the worker is for."""


def work() -> bool:
    """One piece: takes the next message from a queue, the next row from a table, ... and does
    what is to be done with it. Replace this by yours.

    A piece may be done twice when a worker ends in the middle of it, so doing it again must
    change nothing. Returns whether there was anything to do; if not, the worker pauses.
    """
    return False
