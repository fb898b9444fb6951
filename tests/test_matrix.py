"""The matrix of typical cases: what the documents say of each, by hand; and its three faces."""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from command_line import mbc as run
from mbc_explorer.matrix import matrix
from mbc_explorer.published import MatrixOut
from mbc_explorer.render.matrix import matrix_html
from mbc_explorer.report import DISCLAIMER

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer import Explorer
    from mbc_explorer.folders import Folders


@pytest.fixture(scope="module")
def cells(explorer_of_module: Explorer) -> dict[tuple[str, ...], dict[tuple[str, str], str]]:
    """For each case by its values: category and source, and the view."""
    data = matrix(explorer_of_module)
    return {
        tuple(cell["at"].values()): {
            (row["category"][-1], source): found["view"]
            for row in cell["rows"]
            for source, found in row["cells"].items()
        }
        for cell in data["cells"]
    }


@pytest.fixture(scope="module")
def explorer_of_module() -> Explorer:
    """An explorer for the cases of the matrix."""
    from mbc_explorer import Explorer, load_catalog

    return Explorer(load_catalog())


def test_every_combination_has_its_cell(cells: dict[Any, Any]) -> None:
    """Four subtypes, three persons, five histories."""
    assert len(cells) == 4 * 3 * 5


@pytest.mark.parametrize(
    ("at", "category", "source", "view"),
    [
        # CancerCare, sentence 96: chemotherapy as the first approach to triple-negative disease.
        (("triple-negative", "postmenopausal", "none"), "chemotherapy", "cancercare-2024", "says"),
        # HER2-directed therapy is tied to HER2-positive disease wherever it is described.
        (("triple-negative", "man", "none"), "her2_directed_therapy", "cancercare-2024", "says_under_other_conditions"),
        (("hr-negative-her2-positive", "man", "none"), "her2_directed_therapy", "msk-2016", "says"),
        # CancerCare describes two more HER2-directed drugs after two such regimens; the view is the same.
        (
            ("hr-negative-her2-positive", "premenopausal", "two-anti-her2-regimens"), "her2_directed_therapy",
            "cancercare-2024", "says",
        ),
        # CDK4/6 inhibitors: Dana-Farber on HR-positive disease, CancerCare on ER-positive, HER2-negative disease.
        (("hr-positive-her2-negative", "postmenopausal", "none"), "cdk4_6_inhibitor", "dana-farber-undated", "says"),
        (
            ("hr-positive-her2-positive", "postmenopausal", "none"), "cdk4_6_inhibitor", "cancercare-2024",
            "says_under_other_conditions",
        ),
        # Medical News Today has no word on immunotherapy.
        (("triple-negative", "premenopausal", "chemotherapy"), "immunotherapy", "mnt-undated", "silent"),
        # Ovarian suppression is a question for women before menopause.
        (
            ("hr-positive-her2-negative", "premenopausal", "none"), "ovarian_suppression", "cancercare-2024", "says",
        ),
        (
            ("hr-positive-her2-negative", "man", "none"), "ovarian_suppression", "cancercare-2024",
            "says_under_other_conditions",
        ),
    ],
)  # fmt: skip
def test_what_a_document_says_of_a_case(
    cells: dict[Any, dict[Any, str]], at: tuple[str, ...], category: str, source: str, view: str
) -> None:
    """Read from the texts."""
    assert cells[at][category, source] == view


def test_the_csv_has_a_line_for_each_case_category_and_source_and_names_silence() -> None:
    """As text that a spreadsheet reads; a gap reads that the document is silent."""
    out = run("matrix", "man", "none", "--format", "csv").out
    head, *rows = csv.reader(StringIO(out))
    assert head == ["subtype", "person", "history", "category", "source", "says", "options", "disclaimer"]
    assert [row[7] for row in rows] == [DISCLAIMER, *("" for _ in rows[1:])]
    assert {row[1] for row in rows} == {"Man"}
    told = {row[5] for row in rows}
    assert "the document is silent" in told
    assert not any("error" in word for word in told)
    assert len({(row[0], row[3], row[4]) for row in rows}) == len(rows)


def test_the_page_is_self_contained_and_escaped(explorer_of_module: Explorer) -> None:
    """No script, nothing from elsewhere, and no name of the pack as markup."""
    data = matrix(explorer_of_module, ["man", "none"])
    data["axes"][0]["values"][0]["name"] = "<b>HR</b>"
    page = matrix_html(data, explorer_of_module.catalog)
    assert "<script" not in page and "http" not in page and "<b>HR</b>" not in page
    assert "<th scope=col>Case</th>" in page
    assert page.count("<div role=region tabindex=0 ") == page.count("<table>") == 4
    assert "&lt;b&gt;HR&lt;/b&gt;" in page and "Educational only" in page and "the document is silent" in page


def test_the_numbers_of_a_cell_and_the_rest_are_told_to_be_of_all_categories(explorer_of_module: Explorer) -> None:
    """How many categories there are, and what is told of those that none of the three numbers counts."""
    told = " ".join(run("matrix", "man", "none").out.split())
    rows = matrix(explorer_of_module, ["man", "none"])["cells"][0]["rows"]
    assert f"in how many of {len(rows)} categories" in told
    assert "The rest: it says that an option is not used, is under study or is for other conditions" in told


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_matrix_has_as_many_axes_as_its_pack_names(number: int, tmp_path: Path, folders: Folders) -> None:
    """One axis alone is one table; of several, the first parts the tables. Each case stands in each face."""
    axes = "\n".join(
        f"  - {{id: a{n}, name: Axis {n}, values: [{{id: b{n}, name: B{n}, profile: {{}}}},"
        f" {{id: c{n}, name: C{n}, profile: {{}}}}]}}"
        for n in range(number)
    )
    pack = pack_with(tmp_path, folders, f"axes:\n{axes}\n")
    text, page, table = (run("matrix", "--knowledge", pack, "--format", face) for face in ("text", "html", "csv"))
    assert (text.code, page.code, table.code) == (0, 0, 0), (text.err, page.err, table.err)
    assert text.out.count("\nCase ") == page.out.count("<table>") == (1 if number == 1 else 2)
    assert ("\nAxis 0\nCase " in text.out) == (number == 1)
    assert page.out.count("<th scope=row>") == 2**number
    rows = list(csv.DictReader(StringIO(table.out)))
    assert len({tuple(row[f"a{n}"] for n in range(number)) for row in rows}) == 2**number


def pack_with(root: Path, folders: Folders, axes: str) -> str:
    """A copy of the pack with other axes."""
    for folder in folders:
        shutil.copytree(folder, root / folder.name)
    (root / "knowledge" / "matrix.yaml").write_text(axes, encoding="utf-8")
    return str(root)


def test_one_category_is_shown_in_words_and_wrong_words_get_the_nearest() -> None:
    """`--category`, values of axes, and what is not one of them."""
    told = run("matrix", "triple-negative", "--category", "chemotherapy")
    assert "HR+" not in told.out and "says" in told.out and "Educational only" in told.out
    assert max(map(len, told.out.splitlines())) <= 80
    wrong = run("matrix", "tripel-negative")
    assert wrong.code == 2 and "did you mean 'Triple-negative'" in wrong.err
    data = json.loads(run("matrix", "man", "--category", "taxane", "--json").out)
    MatrixOut.model_validate(data)
    assert {row["category"][-1] for cell in data["cells"] for row in cell["rows"]} == {"taxane"}


def test_a_value_that_states_nonsense_is_found_by_the_check(tmp_path: Path, folders: Folders) -> None:
    """The profile of an axis is read as a user's; what is not understood is named with its place."""
    for folder in folders:
        shutil.copytree(folder, tmp_path / folder.name)
    file = tmp_path / "knowledge" / "matrix.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("{sex: male}", "{sex: mail}"), encoding="utf-8")
    told = run("check", "--knowledge", str(tmp_path))
    assert told.code == 1
    assert "knowledge/matrix.yaml:" in told.err and "'mail' is not one of" in told.err
