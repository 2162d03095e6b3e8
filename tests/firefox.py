"""Firefox by WebDriver BiDi, the protocol that it speaks itself: no driver beside it is needed."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest
from screens import axe_core, violations_in

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
MISSING = not (PROGRAM and importlib.util.find_spec("websocket"))
NEEDED = [
    pytest.mark.browser,
    pytest.mark.skipif(MISSING and not os.environ.get("CI"), reason="no Firefox"),
]
"""The marks of tests in it."""
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
MOST_LINES = 200
SECONDS = 60
OPEN = "for (const fold of document.querySelectorAll('details')) fold.open = true; return null"
# A page that arrives in pieces is laid out before its last formula is whole, and Firefox says so of the
# part. What is wrong with the whole it says when all formulas are laid out anew.
OF_A_PART = "Invalid markup:"
ANEW = """
  for (const shown of ["none", ""]) { document.body.style.display = shown; document.body.offsetHeight; }
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return null
"""


class Firefox:
    """A window without a screen; what its pages log is kept in ``told``."""

    def __init__(self):
        import websocket  # noqa: PLC0415 (comes with selenium, which is not installed everywhere)

        self.folder = tempfile.TemporaryDirectory()
        arguments = (
            "--headless",
            "--no-remote",
            "--remote-debugging-port",
            "0",
            "--profile",
            self.folder.name,
        )
        self.process = subprocess.Popen(
            [PROGRAM, *arguments], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        lines = (self.process.stderr.readline() for _ in range(MOST_LINES))
        address = next(found[1] for line in lines if (found := LISTENING.search(line)))
        self.socket = websocket.create_connection(f"{address}/session", timeout=SECONDS, suppress_origin=True)
        self.numbers, self.told = count(1), []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        self.window = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **params):
        """The result of a command."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("method") == "log.entryAdded":
                self.told.append(message["params"]["text"])
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]

    def open(self, address, width):
        """Open a page on a screen of a width."""
        self.told.clear()
        viewport = {"width": width, "height": 900}
        self.send("browsingContext.setViewport", context=self.window, viewport=viewport)
        self.send("browsingContext.navigate", context=self.window, url=address, wait="complete")

    def type(self, text):
        """Press keys where the focus is."""
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.send(
            "input.performActions",
            context=self.window,
            actions=[{"type": "key", "id": "keys", "actions": keys}],
        )

    def look(self, path, width):
        """Open a page of ours on a screen of a width, its folds open."""
        self.open(Path(path).as_uri(), width)
        self.run(OPEN)
        self.told = [each for each in self.told if not each.startswith(OF_A_PART)]
        self.run(ANEW)

    def run(self, body):
        """What the body of a function returns, as JSON says it; a promise is waited for."""
        function = f"async () => JSON.stringify(await (async () => {{{body}}})())"
        result = self.send(
            "script.callFunction",
            functionDeclaration=function,
            awaitPromise=True,
            target={"context": self.window},
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def violations(self):
        """What axe-core finds on the page."""
        self.run(axe_core() + "; return null")
        return violations_in(self.run("return await axe.run(document, {resultTypes: ['violations']})"))

    def close(self):
        """End it."""
        self.socket.close()
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()
