"""`python -m mbc_explorer`, and the `mbc` that is installed."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def start() -> None:
    """Run the command line as a process that may be ended at any moment: in silence, and with nothing half-written."""
    for number in ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)

    from mbc_explorer.cli import main

    main()


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """End here and now: an exception could be swallowed by whatever is under way, or told as a fault."""
    writing = sys.modules.get("mbc_explorer.folders")  # which may be half imported
    for unfinished in tuple(getattr(writing, "UNFINISHED", ())):
        with suppress(OSError):
            os.unlink(unfinished)  # noqa: PTH108  plain names can be taken away at any moment
    os._exit(128 + number)


if __name__ == "__main__":
    start()
