"""What the page of every explanation begins and ends with."""

from __future__ import annotations

from typing import Any

from mbc_explorer.render.page import Page
from mbc_explorer.render.words import STATUS_TITLES, fact_text, made_by, missing_text, narrowed_text
from mbc_explorer.report import LEGEND

Plain = dict[str, Any]


def opened(title: str, data: Plain, names: Plain, *, color: bool) -> Page:
    """A page with its title and the profile as it was understood.

    Args:
        title: what the page tells.
        data: an answer that begins with what every answer on a case begins with.
        names: labels of attributes, categories and agents, as a report has them.
        color: mark up with terminal colors; the words are the same without.
    """
    page = Page(color=color)
    page.say(title, style="bold", hang=2)
    page.say("Educational only; not medical advice. See the end.")
    page.heading("The profile, as understood")
    for name, value in data["profile"].items():
        page.say(f"{names['attributes'][name]}: {fact_text(value)}", 2, hang=2)
    if not data["profile"]:
        page.say("nothing is known", 2)
    return page


def asked(page: Page, data: Plain, names: Plain) -> None:
    """The option that is asked about, with its status and what that means; and what is shown, where that is not all."""
    option = data["option"]
    legend = LEGEND[option["status"]]
    page.heading(f"{option['name']}: {STATUS_TITLES[option['status']].casefold()}")
    page.say(f"{legend[0].upper()}{legend[1:]}.", 2)
    if option["missing"]:
        page.say(f"Missing: {missing_text(option['missing'], names)}.", 2, hang=2)
    if "narrowed_to" in data:
        page.say(narrowed_text(data["narrowed_to"]), 2, hang=2)


def closed(page: Page, data: Plain) -> str:
    """The page with the disclaimer and what made the answer at its end."""
    page.heading("Please note")
    page.say(data["disclaimer"], 2)
    page.say(made_by(data), 2, "dim")
    return page.text()
