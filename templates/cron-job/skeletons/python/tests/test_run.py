import threading
import unittest

from service.job import job
from service.run import run


class RunTest(unittest.TestCase):
    def test_ends_well_when_the_job_is_done(self) -> None:
        self.assertEqual(run(job, threading.Event()), 0)

    def test_ends_with_an_error_when_the_job_fails(self) -> None:
        def failing(_ending: threading.Event) -> int:
            raise ValueError("no")

        self.assertEqual(run(failing, threading.Event()), 1)

    def test_does_nothing_when_it_shall_end_already(self) -> None:
        ending = threading.Event()
        ending.set()
        self.assertEqual(run(job, ending), 1)


if __name__ == "__main__":
    unittest.main()
