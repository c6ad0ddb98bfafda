import json
import threading
import unittest
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from service.server import Service


class ServerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.service = Service("orders", "1.2.3", "test", port=0)
        self.thread = threading.Thread(target=self.service.run)
        self.thread.start()

    def tearDown(self) -> None:
        self.service.stop()
        self.thread.join()

    def request(self, path: str, method: str = "GET") -> tuple[int, str]:
        url = f"http://localhost:{self.service.port}{path}"
        try:
            with urlopen(Request(url, method=method)) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def test_says_what_it_is(self) -> None:
        status, body = self.request("/")
        self.assertEqual(status, 200)
        self.assertEqual(
            json.loads(body),
            {"name": "orders", "version": "1.2.3", "environment": "test"},
        )

    def test_is_alive_and_ready(self) -> None:
        self.assertEqual(self.request("/healthz")[0], 200)
        self.assertEqual(self.request("/readyz")[0], 200)

    def test_refuses_what_it_does_not_know(self) -> None:
        self.assertEqual(self.request("/nowhere")[0], 404)
        self.assertEqual(self.request("/", method="POST")[0], 405)

    def test_tells_how_many_requests_it_answered(self) -> None:
        self.request("/nowhere")
        _, text = self.request("/metrics")
        self.assertIn('http_requests_total{status="404"} 1\n', text)

    def test_wants_no_requests_while_it_shuts_down(self) -> None:
        self.service.stop(grace_seconds=0.5)
        self.assertEqual(self.request("/readyz")[0], 503)
        self.assertEqual(self.request("/healthz")[0], 200)


if __name__ == "__main__":
    unittest.main()
