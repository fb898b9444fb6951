"""The root command, and the sub-commands as names: each one's module is imported when it is asked for."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from textwrap import shorten
from typing import Annotated, Any

import typer
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from mbc_explorer.errors import visible
from mbc_explorer.version import VERSION

COMMANDS = {
    "explore": "What the documents say of a profile.",
    "why": "Why an option is described: criteria, facts, where they come from, and statements.",
    "why-not": "Why an option is not described: what blocks it, or what would settle it.",
    "what-if": "What would be different if something were stated otherwise.",
    "compare": "How the answers to two profiles differ.",
    "missing": "What is unknown and matters, and which questions are still worth asking.",
    "nearest": "The smallest changes to a profile under which a document describes an option.",
    "pairs": "Minimal pairs: two made-up cases that one fact tells apart.",
    "readings": "Sentences that can be read in two ways, and where the readings part.",
    "profile": "What can be said of a case, and in which words; or an empty profile.",
    "show": "One source, statement, sentence, option, agent, attribute, term … with all that refers to it.",
    "search": "Full text over everything that the documents say; or that they do not say it.",
    "differences": "Where the documents differ, are dated, or are at odds with themselves.",
    "matrix": "Typical cases by documents: subtypes, menopausal status, earlier treatment.",
    "grid": "Categories by documents for a profile, as one table.",
    "map": "The criteria of a category, an option or everything as a tree: text or a drawing.",
    "timeline": "Which document mentions an option, since when.",
    "coverage": "What became of every sentence of the documents.",
    "agents": "The drugs that the documents name.",
    "categories": "The treatment categories, with the options in each.",
    "glossary": "Words of the field, as the documents explain them.",
    "sources": "The five documents: publisher, date, what is stated and what is attributed.",
    "schema": "JSON Schema of a profile, a report, a decision map, or an error.",
    "check": "Verify the knowledge: references, cases, and with a corpus every fingerprint.",
    "ledger": "Write the ledgers from a local copy of the texts (for curators).",
}
EPILOG = (
    "Educational only; not medical advice. Start with: mbc explore --er positive --pr positive --her2 negative "
    "--menopause postmenopausal --prior none"
)


def talk(text: str) -> None:
    """Say something on stderr; where it cannot be written, nobody is told."""
    with suppress(OSError, ValueError):
        sys.stderr.write(visible(text))
        sys.stderr.flush()


class LazyGroup(TyperGroup):
    """A group that imports a sub-command's module only when the sub-command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        return self.commands.get(cmd_name) or self._load(cmd_name)

    def _load(self, name: str) -> Any:
        self.commands[name] = loaded = import_module(f"mbc_explorer.cli.{name.replace('-', '_')}").command()
        loaded.short_help = shorten(COMMANDS[name], 70, placeholder="...")
        return loaded

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """The commands by name, without loading them, and the options of the root."""
        named = [
            CompletionItem(name, help=shorten(text, 70, placeholder="..."))
            for name, text in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*named, *TyperCommand.shell_complete(self, ctx, incomplete)]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from mbc_explorer.errors import UsageError, one, suggestion

            hint = suggestion(args[0], COMMANDS, f"; the commands are {', '.join(COMMANDS)}.")
            raise UsageError(one("unknown-command", "", f"there is no command {args[0]!r}{hint}"))
        return super().resolve_command(ctx, args)


class GroupedCommand(TyperCommand):
    """A command whose help lists its options under their headings, and that hears of each what is given once."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(list(args))
            options = [p for p in order if p.param_type_name == "option" and not getattr(p, "is_flag", False)]
            singles = [p for p in options if not p.multiple]
            twice = dict.fromkeys(p.opts[0] for p in singles if singles.count(p) > 1)
            if twice:
                from mbc_explorer.errors import Problem, UsageError

                raise UsageError(
                    Problem("given-twice", name, "is given more than once; give it once.") for name in twice
                )
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        found = super().shell_complete(ctx, incomplete)
        for item in found:
            item.help = shorten(item.help or "", 70, placeholder="...")  # a second line would be read as a candidate
        return found

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                groups.setdefault(getattr(parameter, "rich_help_panel", None) or "Options", []).append(record)
        for heading, rows in groups.items():
            with formatter.section(heading):
                formatter.write_dl(rows)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mbc-explorer {VERSION}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Explore what five public documents on metastatic breast cancer say of a tumor profile.

    For each described treatment option: which document says so and where, why it matches, what is still unknown, and
    what each document says under other conditions or does not mention. It describes; it never recommends.
    """


def new_app() -> typer.Typer:
    """A Typer app with this project's settings: plain help (it starts in half the time) and no pretty tracebacks."""
    return typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80, "terminal_width": 80},
    )


def command() -> Any:
    """The root command."""
    app = new_app()
    app.callback(cls=LazyGroup, no_args_is_help=True, epilog=EPILOG)(root)
    return get_command(app)


def single(function: Any, name: str, epilog: str | None = None) -> Any:
    """A sub-command from a function."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 80, "terminal_width": 80}
    app.command(name, cls=GroupedCommand, epilog=epilog, context_settings=settings)(function)
    return get_command(app)
