"""The command line: parses, calls one function of the library, prints. Data to stdout, talk to stderr."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mbc_explorer.errors import MbcError

BROKEN_PIPE = 141
INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit: 0 done, 1 invalid knowledge or a failed check, 2 invalid input or usage."""
    gc.disable()  # one short answer: collecting while it is built takes a tenth of the time and frees nothing
    import typer
    from typer._click.exceptions import ClickException  # typer itself exports only children of it

    from mbc_explorer.cli.app import command
    from mbc_explorer.errors import InternalError, MbcError, UsageError, one

    try:
        code = command().main(prog_name="mbc", standalone_mode=False)
        sys.stdout.flush()
    except MbcError as error:
        code = _tell(error)
    except typer.Abort:
        code = INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone; nothing more can be said to it
        code = BROKEN_PIPE
    except ClickException as error:
        code = _tell(UsageError(one("usage", "", _usage_text(error))))
    except Exception as error:  # a defect of ours: say so, and keep the traceback for whoever asks for it
        if os.environ.get("MBC_TRACEBACK"):
            raise
        text = f"{type(error).__name__}: {error}. This is a defect; please report it (MBC_TRACEBACK=1 shows where)."
        code = _tell(InternalError(one("defect", "", text)))
    sys.exit(code if isinstance(code, int) else 0)


def _usage_text(error: Exception) -> str:
    from mbc_explorer.errors import suggestion

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "mbc"
    text = str(getattr(error, "format_message", lambda: str(error))()) or "a command is missing."
    if type(error).__name__ == "NoArgsIsHelpError":
        return text
    misspelled = getattr(error, "option_name", None)
    if misspelled and "did you mean" not in text.casefold():
        known = [name for parameter in context.command.params for name in parameter.opts] if context else []
        text = text.partition(" (Possible")[0].rstrip(".") + suggestion(misspelled, known)
    return f"{text} `{path} --help` shows what it takes."


def _tell(error: MbcError) -> int:
    """Say what is wrong: as JSON on stdout where JSON was asked for, else on stderr."""
    if _json_was_asked(sys.argv[1:]):
        from mbc_explorer.render.errors import error_json

        sys.stdout.write(error_json(error) + "\n")
    else:
        sys.stderr.write(f"mbc: {error.headline}\n{error}\n")
    return error.exit_code


def _json_was_asked(words: list[str]) -> bool:
    """Whether the words of the command line ask for JSON; looked at only once something went wrong."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return any(word in ("--json", "--format=json") or (word == "--format" and value == "json") for word, value in pairs)
