"""A server of ours on the loopback, and a visitor who speaks HTTP with it: real bytes, no test client."""

import http.client
import json
import re
import threading
import time
import urllib.parse
from contextlib import closing, contextmanager

from symgrad.limits import MB, Limits
from symgrad.serving.app import Served, listening_at, server_of

SECONDS = 60
BOUNDARY = "0123456789abcdef"


def slowly(task):
    """What a process does; it stands here, as a new process finds this file and not that of a test."""
    if task == "end":
        raise SystemExit
    time.sleep(task)
    return task


@contextmanager
def serving(folder, token="", **asked):
    """A server in a thread of this process; its port."""
    asked = Served(**{"folder": folder, "port": 0, "jobs": 1, "limits": Limits(20, 1000 * MB), **asked})
    with listening_at(asked) as listening:
        port = listening.getsockname()[1]
        server = server_of(asked, port, token)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join(SECONDS)


class Answer:
    """What a server said."""

    def __init__(self, response):
        self.status, self.headers, self.content = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.content.decode()

    @property
    def json(self):
        return json.loads(self.content)


class Visitor:
    """A browser as far as it matters: it keeps its cookie, and says where a form comes from."""

    def __init__(self, port):
        self.port, self.host, self.cookie, self.form = port, f"127.0.0.1:{port}", "", ""

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        told = {"Host": self.host, **({"Cookie": self.cookie} if self.cookie else {})}
        told |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        with closing(connection):
            connection.request(method, path, body, {name: value for name, value in told.items() if value})
            answer = Answer(connection.getresponse())
        if given := answer.headers.get("set-cookie"):
            self.cookie = given.partition(";")[0]
        return answer

    def get(self, path, **headers):
        answer = self.ask("GET", path, **headers)
        if found := re.search(r'name="form" value="(\w+)"', answer.content.decode("utf-8", "replace")):
            self.form = found[1]
        return answer

    def post(self, path, origin=True, **fields):
        """A form of the page's own."""
        fields = {"form": self.form, **fields}
        headers = {"Origin": f"http://{self.host}" if origin is True else origin}
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urllib.parse.urlencode(fields), Content_Type=kind, **headers)

    def send(self, path, name, content):
        """A file."""
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="form"\r\n\r\n{self.form}\r\n'.encode(),
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n",
            f"--{BOUNDARY}--\r\n".encode(),
        ]
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", path, b"".join(parts), Content_Type=kind, Origin=f"http://{self.host}")

    def check(self, text, problem="net.yaml", **fields):
        return self.post("/check", problem=problem, text=text, kind="md", **fields).json
