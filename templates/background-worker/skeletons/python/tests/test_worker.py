import tempfile
import time
import unittest
from pathlib import Path

from service.heartbeat import beat, is_alive
from service.worker import Worker


def run(pieces: list[int]) -> tuple[list[int], int]:
    """Does pieces, of which negative ones fail, and stops when there are none left."""
    done: list[int] = []
    beats: list[float] = []

    def work() -> bool:
        piece = pieces.pop(0)
        if not pieces:
            worker.stop()
        if piece < 0:
            raise ValueError("no")
        done.append(piece)
        return True

    worker = Worker(work, lambda: beats.append(time.time()), pause_seconds=0.001)
    worker.run()
    return done, len(beats)


class WorkerTest(unittest.TestCase):
    def test_does_one_piece_after_the_other(self) -> None:
        self.assertEqual(run([1, 2, 3]), ([1, 2, 3], 3))

    def test_goes_on_after_a_failure(self) -> None:
        self.assertEqual(run([1, -1, 3])[0], [1, 3])

    def test_is_alive_while_its_heartbeat_is_young(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "alive"
            self.assertFalse(is_alive(file))
            beat(file)
            self.assertTrue(is_alive(file))
            self.assertFalse(is_alive(file, now=time.time() + 91))


if __name__ == "__main__":
    unittest.main()
