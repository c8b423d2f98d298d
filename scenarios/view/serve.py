# SPDX-License-Identifier: MIT
"""The server behind the page: where it listens, who may see it, how it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from scenarios.errors import ScenarioError
from scenarios.view.controls import Controls
from scenarios.view.result import ViewResult

FIRST_PORT, PORTS = 8765, 20
LOCAL = "localhost"


def serve(
    results: Sequence[ViewResult],
    controls: Controls,
    direction: str,
    *,
    host: str,
    port: int | None,
    open_browser: bool,
    say: Callable[[str], None],
) -> None:
    """Serve the page until Ctrl-C or SIGTERM.

    Whoever opens the page must know the word in its address, made up for each start: on a
    computer that many use, all of them reach a port of this one.

    Args:
        results: one or two.
        controls: what is shown first.
        direction: from where.
        host: name of the interface to listen at.
        port: to listen at; None for the first free one from `FIRST_PORT` on.
        open_browser: whether to open a browser here.
        say: told the address.

    Raises:
        ScenarioError: the port is taken or not allowed, or trame is not installed.
    """
    get_server = _trame()
    chosen = free_port(host, port)
    token = secrets.token_hex(16)
    with _arguments("--authKey", token):
        _quieten()
        server = get_server("solespine", client_type="vue3")
        from scenarios.view.app import Page

        page = Page(server, results, controls, direction)
        named = f"[{host}]" if ":" in host else host
        address = f"http://{named}:{chosen}/?secret={token}"

        def ready(**_: Any) -> None:
            say(address)
            if open_browser and has_screen():
                import webbrowser

                webbrowser.open(address)

        server.controller.on_server_ready.add(ready)
        try:
            asyncio.run(_until_signal(server, host, chosen))
        finally:
            page.scene.close()


async def _until_signal(server: Any, host: str, port: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_unless_page_closed)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    running = server.start(
        host=host,
        port=port,
        open_browser=False,
        show_connection_info=False,
        disable_logging=True,
        exec_mode="task",
        timeout=0,
        thread=True,
    )
    waiting = loop.create_task(ended.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(server.stop(), timeout=5.0)
    waiting.cancel()
    if running.done() and not running.cancelled() and running.exception() is not None:
        raise running.exception()


def has_screen() -> bool:
    """Whether a browser has somewhere to open; a text one would take the terminal away."""
    if sys.platform == "darwin":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _unless_page_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what a task met, but not that a page was closed while a picture was under way."""
    if not isinstance(context.get("exception"), ConnectionResetError):
        loop.default_exception_handler(context)


def _quieten() -> None:
    """A page that is closed while a picture is under way is no error; ours stand on the page."""
    for name in ("wslink", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def free_port(host: str, port: int | None) -> int:
    """The port to listen at.

    Raises:
        ScenarioError: none is free, or the one asked for cannot be had.
    """
    reason = ""
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else (port,):
        try:
            _try(host, candidate)
        except OSError as error:
            reason = error.strerror or str(error)
        except OverflowError:
            reason = "a port is a number from 1 to 65535"
        else:
            return candidate
    if port is not None:
        raise ScenarioError(
            "view",
            "--port",
            f"port {port} of {host} cannot be had: {reason}",
            allowed="another port, or none for a free one",
        )
    raise ScenarioError(
        "view", "--host", f"no port of {host} is free: {reason}", allowed="--port N"
    )


def _try(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server itself does; without it a port of a moment ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _trame() -> Any:
    try:
        import trame.ui.vuetify3
        import trame.widgets.vtk
        import trame.widgets.vuetify3  # noqa: F401
        from trame.app import get_server
    except ImportError as error:
        raise ScenarioError(
            "view",
            "",
            f"the page needs trame, which is not installed here ({error})",
            allowed='pip install "solespine[view]", or --screenshot FILE.png without it',
        ) from None
    return get_server


@contextmanager
def _arguments(*words: str) -> Iterator[None]:
    """Trame reads the command line of the process by itself: give it its own."""
    before = sys.argv
    sys.argv = ["solespine", *words]
    try:
        yield
    finally:
        sys.argv = before
