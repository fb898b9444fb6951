"""What stands beside an answer, the sources as of a day, since when they speak, category by source, and coverage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from mbc_explorer import Explorer, Profile, UsageError
from mbc_explorer.as_of import as_of
from mbc_explorer.coverage import coverage
from mbc_explorer.grid import grid
from mbc_explorer.render.coverage import coverage_html
from mbc_explorer.timeline import timeline
from mbc_explorer.verbatim import passage, sentences_of

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Catalog


def beside(catalog: Catalog, option: str, source: str, **facts: Any) -> list[str]:
    """The statements shown beside an option under one source."""
    report = Explorer(catalog, "reference").explore(Profile(**facts), details=True)
    views = {view["source"]: view for view in report.option(option)["sources"]}
    return [statement["statement"] for statement in views[source]["beside"]]


def answered_by(catalog: Catalog, date: str, undated: str = "out") -> list[str]:
    """The sources that answer as of a day."""
    report = Explorer(catalog, "reference", as_of(catalog, date, undated)).explore(Profile(her2="positive"))
    return [source["id"] for source in report.data["sources"]]


def test_heart_monitoring_stands_beside_trastuzumab_and_beside_no_other_drug(catalog: Catalog) -> None:
    """mnt-undated 30-31 names trastuzumab alone."""
    heart = "mnt-undated.trastuzumab-heart"
    assert heart in beside(catalog, "trastuzumab", "mnt-undated", her2="positive")
    assert heart not in beside(catalog, "pertuzumab", "mnt-undated", her2="positive")
    assert heart not in beside(catalog, "trastuzumab", "cancercare-2024", her2="positive")


def test_nothing_stands_beside_an_option_that_is_not_described(catalog: Catalog) -> None:
    """Side effects of a drug belong to those for whom a document describes it."""
    assert beside(catalog, "trastuzumab", "mnt-undated", her2="negative") == []


def test_a_site_brings_its_own_signs_and_no_other_sites(catalog: Catalog) -> None:
    """dana-farber-undated 20-42 lists signs by site; jaundice stands under the liver."""
    data = Explorer(catalog, "reference").explore(Profile(sites=["liver"]), details=True).data
    text = " ".join(statement["paraphrase"] for statement in data["beside_profile"])
    assert "jaundice" in text
    assert "cough" not in text


@pytest.mark.parametrize(
    ("date", "undated", "sources"),
    [
        ("2016", "out", ["msk-2016"]),
        ("2016-10-26", "out", []),
        ("2022-08", "out", ["msk-2016", "breastcancer-org-2022"]),
        ("2022-08-16", "in", ["msk-2016", "mnt-undated", "dana-farber-undated"]),
        ("2024-02-19", "out", ["msk-2016", "breastcancer-org-2022", "cancercare-2024"]),
    ],
)
def test_as_of_a_day_only_sources_dated_by_then_answer(
    catalog: Catalog, date: str, undated: str, sources: list[str]
) -> None:
    """A month or year stands for its last day; undated sources are in or out as asked."""
    assert answered_by(catalog, date, undated) == sources


def test_as_of_names_the_sources_that_are_left_out(catalog: Catalog) -> None:
    """An undated document is left out by name, never by a guess."""
    data = Explorer(catalog, "reference", as_of(catalog, "2022-12")).explore(Profile(her2="positive")).data
    assert data["as_of"]["left_out"] == ["mnt-undated", "dana-farber-undated", "cancercare-2024"]


def test_cdk4_6_inhibitors_were_under_study_and_nothing_more_in_2016(catalog: Catalog) -> None:
    """msk-2016 35 speaks of trials; only later documents describe the drugs."""
    explorer = Explorer(catalog, as_of=as_of(catalog, "2016"))
    report = explorer.explore(Profile(er="positive", her2="negative"))
    option = report.option("cdk4_6_inhibitor")
    assert (option["status"], [view["view"] for view in option["sources"]]) == ("not_described", [["investigational"]])


@pytest.mark.parametrize(
    "word", ["last year", "", "2022-13", "2023-02-29", "0000", "0000-00", "20220817", "2022-8", "٢٠٢٢"], ids=ascii
)
def test_what_is_no_date_is_refused(word: str, catalog: Catalog) -> None:
    """The day is written in ISO form, and there is such a day."""
    with pytest.raises(UsageError, match=r"is not a date; write it as 2022, 2022-08 or 2022-08-17\."):
        as_of(catalog, word)


def test_a_timeline_runs_by_date_with_the_undated_apart_and_the_silent_named(catalog: Catalog) -> None:
    """T-DM1: cancercare-2024 53 and mnt-undated 25 speak of it."""
    rows = [(row["source"], row["stances"]) for row in timeline(catalog, "trastuzumab_emtansine")]
    assert rows == [
        ("msk-2016", []),
        ("breastcancer-org-2022", []),
        ("cancercare-2024", ["describes"]),
        ("mnt-undated", ["describes"]),
        ("dana-farber-undated", []),
    ]


def test_a_grid_shows_the_strongest_view_of_each_source(catalog: Catalog) -> None:
    """For HER2-positive disease breastcancer-org-2022 names no HER2-directed treatment, and cancercare-2024 does."""
    report = Explorer(catalog, "reference").explore(Profile(her2="positive"))
    (cells,) = [row["cells"] for row in grid(report) if row["category"][-1] == "her2_directed_therapy"]
    assert {source: cell["view"] for source, cell in cells.items()} == {
        "msk-2016": "says",
        "breastcancer-org-2022": "class_only",
        "mnt-undated": "says",
        "dana-farber-undated": "says",
        "cancercare-2024": "says",
    }


def test_no_sentence_is_unaccounted_for(catalog: Catalog) -> None:
    """788 sentences, each cited by a statement or set aside with a reason, none both."""
    records = coverage(catalog)
    assert [record["unaccounted"] for record in records] == [0] * 5
    assert sum(record["sentences"] for record in records) == 788
    rows = [row for record in records for section in record["sections"] for row in section["rows"]]
    assert all(bool(row["statements"]) != bool(row["set_aside"]) for row in rows)


def test_the_page_of_coverage_holds_the_texts_only_with_a_corpus(catalog: Catalog, corpus: Path) -> None:
    """Without a reader's own copy there is no sentence on the page; nothing comes from outside either way."""
    spoken = {name: sentences_of(catalog, name, corpus) for name in catalog.sources}
    sentence = spoken["cancercare-2024"][61]
    without, with_texts = coverage_html(coverage(catalog), catalog), coverage_html(coverage(catalog, spoken), catalog)
    assert sentence not in without
    assert sentence in with_texts
    assert "http" not in without
    assert "<script" not in with_texts


def test_the_page_of_coverage_leads_everywhere(catalog: Catalog) -> None:
    """Every link of the page has its place there, every place one name; rules are told with their conditions."""
    page = coverage_html(coverage(catalog), catalog)
    places = re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)
    assert "describes: Lapatinib, if HER2: positive; earlier therapies include" in page
    assert "Set aside: navigation" in page


def test_what_is_unaccounted_is_named_first_on_the_page_of_coverage(catalog: Catalog) -> None:
    """A sentence that nothing accounts for is counted, linked from the top and marked; its words are escaped."""
    records = coverage(catalog, {"mnt-undated": {2: "<b>& so on"}})
    (record,) = [record for record in records if record["source"] == "mnt-undated"]
    record["unaccounted"] = 1
    record["sections"][0]["rows"][1].update(statements=[], rules=[], set_aside=None)
    page = coverage_html([record], catalog)
    assert page.index("Not accounted for:") < page.index('<tr id="mnt-undated:2" class="open">')
    assert "1 unaccounted</b></summary>" in page
    assert "&lt;b&gt;&amp; so on" in page


def test_a_link_to_a_passage_names_its_first_and_last_words() -> None:
    """A text fragment, with everything escaped that has a meaning in one."""
    assert passage("https://x.org/p", "• One, two - three four five six seven eight nine ten eleven.") == (
        "https://x.org/p#:~:text=One%2C%20two%20-%20three%20four,seven%20eight%20nine%20ten%20eleven."
    )
