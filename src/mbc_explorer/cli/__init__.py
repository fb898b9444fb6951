"""The command line: parses, calls one function of the library, prints. Data to stdout, talk to stderr."""

from __future__ import annotations

import gc
import os
import re
import sys
from contextlib import suppress
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mbc_explorer.errors import ReaderGone

if TYPE_CHECKING:
    from mbc_explorer.errors import MbcError

BROKEN_PIPE = 141
INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit: 0 done, 1 invalid knowledge or a failed check, 2 invalid input or usage."""
    gc.disable()  # one short answer: collecting while it is built takes a tenth of the time and frees nothing
    _steady_streams()
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except (ReaderGone, BrokenPipeError):
        _let_go("stdout")
        code = BROKEN_PIPE
    except OSError as reason:
        _let_go("stdout")
        from mbc_explorer.cli.app import talk

        talk(f"mbc: stdout cannot be written ({reason.strerror}).\n")
        code = 2
    finally:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody can be told, and Python need not try again at its end
            _let_go("stderr")
        gc.freeze()  # nor is it worth looking through everything again at the end
    sys.exit(code)


def _run(*, again: bool = False) -> int:
    import typer
    from typer._click.exceptions import ClickException  # typer itself exports only children of it

    from mbc_explorer.cli.app import command
    from mbc_explorer.errors import InternalError, MbcError, UsageError, one

    try:
        code = command().main(prog_name="mbc", standalone_mode=False)
    except MbcError as error:
        return _tell(error)
    except typer.Abort:
        return INTERRUPTED
    except ClickException as error:
        return _tell(UsageError(one("usage", "", _usage_text(error))))
    except SystemExit as stop:  # a library's own way to end, on completion and on a reader that is gone
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            raise ReaderGone from None
        code = stop.code
    except (ReaderGone, BrokenPipeError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:  # a help or a version that cannot be printed
            raise
        told = _unforeseen(error)
        if isinstance(told, InternalError) and not again and _forget():
            return _run(again=True)
        if os.environ.get("MBC_TRACEBACK"):
            raise
        return _tell(told)
    return code if isinstance(code, int) else 0


def _forget() -> bool:
    """Whether the knowledge came from a kept file, which was hostile or is of another make; it is then made anew."""
    options = sys.modules.get("mbc_explorer.cli.options")
    if options is None:
        return False
    from mbc_explorer.compiled import forget

    options.catalog_of.cache_clear()
    return forget()


def _unforeseen(error: Exception) -> MbcError:
    """What is told of an error that no module of ours raised: a fault of the system or the shell, or a defect."""
    from mbc_explorer.errors import InternalError, KnowledgeError, UsageError, one

    if isinstance(error, OSError):
        return UsageError(one("unusable-file", str(error.filename), f"cannot be used ({error.strerror})."))
    if isinstance(error, MemoryError):
        return KnowledgeError(one("too-much-memory", "", "the conditions of the pack take more memory than there is."))
    if any(name.endswith("_COMPLETE") for name in os.environ):
        told = f"the shell asks for completions in a way that is not known ({error})."
        return UsageError(one("completion", "", told))
    text = f"{type(error).__name__}: {error}. This is a defect; please report it (MBC_TRACEBACK=1 shows where)."
    return InternalError(one("defect", "", text))


def _steady_streams() -> None:
    """Streams that can be written to: UTF-8 wherever this runs, and nowhere at all where they were closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - open for as long as the process is
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _let_go(name: str) -> None:
    """Send what is still to be written to a stream nowhere, so that Python does not fail once more at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), getattr(sys, name).fileno())


def _usage_text(error: Exception) -> str:
    from mbc_explorer.cli.app import COMMANDS
    from mbc_explorer.errors import suggestion

    context = getattr(error, "ctx", None)
    named = [word for word in sys.argv[1:2] if word in COMMANDS]
    path = context.command_path if context is not None else " ".join(["mbc", *named])
    text = str(getattr(error, "format_message", lambda: str(error))()) or "a command is missing."
    if type(error).__name__ == "NoArgsIsHelpError":
        return text
    text = text.replace("\n", "\\n")  # of a word that was typed
    misspelled = getattr(error, "option_name", None)
    if misspelled and context and "did you mean" not in text.casefold():
        known = [name for parameter in context.command.params for name in parameter.opts]
        text = text.partition(" (Possible")[0].rstrip(".") + suggestion(misspelled, known)
    ended = text if text.endswith((".", "?")) else f"{text}."
    return f"{ended} `{path} --help` shows what it takes."


def _tell(error: MbcError) -> int:
    """Say what is wrong: as JSON on stdout where JSON was asked for, else on stderr."""
    from mbc_explorer.cli.app import talk

    if _json_was_asked(sys.argv[1:]):
        from mbc_explorer.render.errors import error_json

        try:
            sys.stdout.write(error_json(error) + "\n")
            sys.stdout.flush()
            return error.exit_code
        except BrokenPipeError:
            raise
        except OSError:  # a full disk: say it where it can still be read
            _let_go("stdout")
    talk(f"mbc: {error.headline}\n{error}\n")
    return error.exit_code


def _json_was_asked(words: list[str]) -> bool:
    """Whether the words of the command line ask for JSON; looked at only once something went wrong."""
    asked = re.compile(r"--json|--format=json|-[ad]*f=?json|(--format|-[ad]*f)\0json")
    plain = [word.casefold() for word in words]
    pairs = ["\0".join(pair) for pair in pairwise(plain)]
    return any(asked.fullmatch(word) for word in (*plain, *pairs))  # once its module is there, `map` is a sub-command
