"""A real browser and a real web server."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Project

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The same browser without a window of its own takes half of the time.
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    path = os.environ.get("CHROMIUM") or found
    if not path:
        if os.environ.get("CI"):
            pytest.fail("the browser tests need a Chromium, and there is none")
        pytest.skip("there is no Chromium; name one in the variable CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("videos")


@pytest.fixture
def project(project: Project, _videos: Path) -> Project:
    """A project that finds the videos that another test has made: what is tested is the page."""
    project.config["animvideo_cache_dir"] = str(_videos)
    return project


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context.new_page()
    context.close()


class _Plain(SimpleHTTPRequestHandler):
    """Serves whole files, as ``python -m http.server`` does."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def end_headers(self) -> None:
        if self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        super().end_headers()

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):  # the browser has all it wanted of a video
            super().handle()


class _WithRanges(_Plain):
    """Serves byte ranges, as real servers do: without them Chromium cannot seek in a video."""

    def do_GET(self) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not wanted or not path.is_file():
            return super().do_GET()
        data = path.read_bytes()
        first, last = int(wanted[1]), min(int(wanted[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        self.wfile.write(data[first : last + 1])
        return None


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve a folder; return its address."""
    servers = []

    def start(folder: Path, *, ranges: bool = True, policy: str = "") -> str:
        handler = partial(_WithRanges if ranges else _Plain, directory=str(folder))
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.policy = policy
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
