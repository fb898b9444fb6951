"""Every check of the knowledge, broken once on purpose: what is reported, where, and that nothing hides anything else.

The pack is a copy of this checkout's, with the rules of one source only so that each test is quick.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from command_line import mbc
from copies import Copy
from mbc_explorer.checks import check
from mbc_explorer.checks.wording import vocabulary
from mbc_explorer.compiling import compile_catalog
from mbc_explorer.corpus import normalize, sentences
from mbc_explorer.errors import KnowledgeError, Problem
from mbc_explorer.render.mutations import render_mutations

if TYPE_CHECKING:
    from pathlib import Path

    from mbc_explorer.folders import Folders

RULES = "rules/mnt-undated/treatment.yaml"
CASES = "rules/mnt-undated/treatment.cases.yaml"
STATEMENTS = "knowledge/statements/mnt-undated/treatment.yaml"
LEDGER = "knowledge/ledger/mnt-undated.yaml"
PROFILE = "knowledge/profile.yaml"
TDM1 = "id: trastuzumab-emtansine"
TDM1_CASE = "rule: trastuzumab-emtansine"
NO_RECEPTOR = "id: no-receptor\n        because: HER2-positive is written three"
TARGETED_CASE = "rule: other-targeted-options"


@pytest.fixture
def pack(tmp_path: Path, small: Path) -> Copy:
    """A copy of the small pack that a test may break."""
    shutil.copytree(small, tmp_path, dirs_exist_ok=True)
    return Copy(tmp_path)


@pytest.fixture
def texts(corpus: Path, tmp_path: Path) -> Path:
    """A copy of the five texts that a test may change."""
    shutil.copytree(corpus, tmp_path / "texts")
    return tmp_path / "texts"


def text_of(corpus: Path, folders: Folders) -> Path:
    """The file of the text that the pack's rules are of."""
    sources = (folders.knowledge / "sources.yaml").read_text(encoding="utf-8")
    name = sources.split("id: mnt-undated", 1)[1].split("filename: ", 1)[1].split("\n", 1)[0]
    return corpus / name.strip()


# ---------------------------------------------------------------- nothing is wrong


def test_the_whole_pack_has_no_problem_and_every_kind_of_thing_is_counted(folders: Folders, corpus: Path) -> None:
    """The knowledge of this checkout passes every check, fingerprints and copied words included."""
    checked = check(folders, corpus)
    assert checked.problems == []
    counted = {name for name, number in checked.counts.items() if number > 0}
    assert counted >= {"sources", "statements", "rules", "cases", "agents", "texts", "fingerprints"}


def test_the_copy_that_the_other_tests_break_has_no_problem(pack: Copy) -> None:
    """What the tests below find is what they broke."""
    assert pack.problems() == []


# ---------------------------------------------------------------- shapes


def test_an_unknown_key_is_refused_with_the_nearest_one(pack: Copy) -> None:
    """A misspelled key is named with its neighbor, and the key that is now missing as well."""
    pack.edit(RULES, "stance:", "stanse:", after=TDM1)
    assert pack.problems() == [
        Problem("file-shape", pack.place(RULES, TDM1), "the key 'stance' is missing."),
        Problem(
            "file-shape",
            pack.place(RULES, "describes", after="stanse"),
            "unknown key 'stanse'; did you mean 'stance'?",
        ),
    ]


def test_a_repeated_key_is_refused(pack: Copy) -> None:
    """YAML would let the second win; here the second is an error at its place."""
    pack.edit(
        RULES, "option: trastuzumab_emtansine", "option: trastuzumab\n    option: trastuzumab_emtansine", after=TDM1
    )
    where = pack.place(RULES, "option: trastuzumab_emtansine", after=TDM1)
    assert pack.problems() == [Problem("repeated-key", where, "the key 'option' stands more than once.")]


def test_yaml_1_1_booleans_stay_words(pack: Copy) -> None:
    """`no` is the word no, which is no value of HER2, and `yes` is not true."""
    pack.edit(RULES, "{her2_status: positive}", "{her2_status: no}", after=TDM1)
    where = pack.place(RULES, "{her2_status: no}", after=TDM1)
    assert pack.problems() == [
        Problem("unknown-value", where, "unknown value 'no' of her2_status; it is one of positive, negative.")
    ]
    pack.edit(RULES, "with: []", "with: []\n    always: yes", after=TDM1)
    where = pack.place(RULES, "yes", after=TDM1)
    assert pack.problems() == [Problem("file-shape", where, "rules.always: Input should be a valid boolean.")]


def test_anchors_and_aliases_are_refused(pack: Copy) -> None:
    """Each is named at its place; nothing is expanded."""
    pack.edit(RULES, "with: []", "with: &none []", after="id: pertuzumab\n")
    pack.edit(RULES, "with: []", "with: *none", after=TDM1)
    told = "anchors, aliases and tags are not used here; write it out."
    assert pack.problems() == [
        Problem("yaml-anchor-or-tag", pack.place(RULES, "&none"), told),
        Problem("yaml-anchor-or-tag", pack.place(RULES, "*none"), told),
    ]


def test_what_is_not_yaml_is_refused_at_its_line(pack: Copy) -> None:
    """A bracket that is not closed is a syntax error of that file, with a place."""
    pack.edit(RULES, "context: [22]", "context: [22", after=TDM1)
    (problem,) = pack.problems()
    assert problem.kind == "yaml-syntax"
    assert problem.where.startswith(f"{RULES}:{int(pack.place(RULES, 'context: [22', after=TDM1).split(':')[1]) + 1}:")


def test_a_statement_without_sentences_and_a_rule_without_statement_are_refused(pack: Copy) -> None:
    """Nothing is knowledge without a citation."""
    pack.edit(STATEMENTS, "sentences: [25]", "sentences: []", after=TDM1)
    pack.edit(RULES, "    statement: trastuzumab-emtansine\n", "", after=TDM1)
    assert pack.problems() == [
        Problem(
            "file-shape",
            pack.place(STATEMENTS, "[]", after=TDM1),
            "statements.sentences: List should have at least 1 item after validation, not 0.",
        ),
        Problem("file-shape", pack.place(RULES, TDM1), "the key 'statement' is missing."),
    ]


def test_a_rule_without_condition_is_refused(pack: Copy) -> None:
    """A rule has a condition, or says that it has none."""
    pack.edit(RULES, "    when: {her2_status: positive}\n", "", after="id: pertuzumab\n")
    told = "rules: a rule has a condition ('when'), or says 'always: true'."
    assert pack.problems() == [Problem("file-shape", pack.place(RULES, "id: pertuzumab\n"), told)]


def test_problems_of_all_files_are_reported_together(pack: Copy) -> None:
    """A shape, a syntax error and a repeated key in three files make three problems of one run, in the files' order."""
    pack.edit(STATEMENTS, "paraphrase:", "paraphrases:", after="id: trastuzumab-emtansine")
    pack.edit(CASES, "truth: not_met", "truth: false", after=TDM1_CASE)
    pack.edit(LEDGER, "source: mnt-undated", "source: mnt-undated\nsource: mnt-undated")
    assert [(problem.kind, problem.where.split(":")[0]) for problem in pack.problems()] == [
        ("repeated-key", LEDGER),
        ("file-shape", STATEMENTS),
        ("file-shape", STATEMENTS),
        ("file-shape", CASES),
    ]


# ---------------------------------------------------------------- references


def test_every_unknown_name_is_reported_with_its_place_and_the_nearest_one(pack: Copy) -> None:
    """Option, statement, attribute, value, item, sentence, partner, source: all in one run, each once."""
    pack.edit(STATEMENTS, "sentences: [11]", "sentences: [0]")
    pack.edit(PROFILE, "mnt-undated:6-7", "mnt-undatet:6-7")
    pack.edit(RULES, "{her2_status: positive}", "{her_2_status: positive}", after="id: pertuzumab\n")
    pack.edit(RULES, "with: [trastuzumab, ch", "with: [trastuzumb, ch", after="id: pertuzumab-combination")
    pack.edit(RULES, "her2_status: positive", "her2_status: positiv", after="id: pertuzumab-combination")
    pack.edit(RULES, "option: trastuzumab_emtansine", "option: trastuzumab_emtansin", after=TDM1)
    pack.edit(RULES, "context: [22]", "context: [2222]", after=TDM1)
    pack.edit(RULES, "{include: trastuzumab}", "{include: trastuzumap}", after=TDM1)
    pack.edit(RULES, "statement: palbociclib", "statement: palbocyclib", after="id: palbociclib")
    expected = [
        (PROFILE, '"mnt-undatet', "unknown source 'mnt-undatet'; did you mean 'mnt-undated'"),
        (STATEMENTS, "[0]", "mnt-undated has sentences 1 to 66; not 0."),
        (RULES, "{her_2_status", "unknown attribute 'her_2_status'; did you mean 'her2_status'"),
        (RULES, "id: pertuzumab-combination", "unknown partner 'trastuzumb'; did you mean 'trastuzumab'"),
        (RULES, "{her2_status: positiv}", "unknown value 'positiv' of her2_status; did you mean 'positive'?"),
        (
            RULES,
            "trastuzumab_emtansin\n",
            "unknown option 'trastuzumab_emtansin'; did you mean 'trastuzumab_emtansine'",
        ),
        (RULES, "[2222]", "mnt-undated has sentences 1 to 66; not 2222."),
        (
            RULES,
            "{prior_therapies: {include: trastuzumap}",
            "unknown item 'trastuzumap' of prior_therapies; did you mean 'trastuzumab'",
        ),
        (RULES, "palbocyclib", "unknown statement 'mnt-undated.palbocyclib'; did you mean 'mnt-undated.palbociclib'"),
    ]
    places = [pack.place(file, words) for file, words, _ in expected]
    found = pack.problems()
    assert [problem.where for problem in found] == places
    assert [p.message[: len(start)] for p, (_, _, start) in zip(found, expected, strict=True)] == [
        e[2] for e in expected
    ]


def test_an_unknown_value_deep_in_a_condition_is_reported_where_it_stands(pack: Copy) -> None:
    """Within any and not, on a line of its own, and on either side of an implication."""
    deep = "{any: [{her2_status: positive},\n        {not: {sites: {include: bones}}}, {not: {her2_status: positiv}}]}"
    pack.edit(RULES, "{her2_status: positive}", deep, after="id: pertuzumab\n")
    pack.edit(PROFILE, "{pi3k_pathway_status: mutated}", "{pi3k_pathway: mutated}", after="implication: {if")
    assert [problem.where for problem in pack.problems()] == [
        pack.place(PROFILE, "{pi3k_pathway:"),
        pack.place(RULES, "{sites:"),
        pack.place(RULES, "{her2_status: positiv}"),
    ]


def test_problems_are_in_the_order_of_their_lines(pack: Copy) -> None:
    """Line 9 comes before line 99 and line 99 before line 121: lines are numbers, not text."""
    for rule in ("hormone-therapy", "trastuzumab-emtansine", "palbociclib"):
        pack.edit(RULES, "option: ", "option: no_", after=f"id: {rule}\n")
    with pytest.raises(KnowledgeError) as refused:
        pack.checked()
    lines = [int(problem.where.split(":")[1]) for problem in refused.value.problems]
    assert lines == sorted(lines)


def test_a_file_of_an_unknown_source_is_refused(pack: Copy) -> None:
    """Rules of a source that is not recorded are no rules."""
    pack.edit(RULES, "source: mnt-undated", "source: mnt-undatet")
    where = pack.place(RULES, "mnt-undatet")
    assert (
        Problem("unknown-source", where, "unknown source 'mnt-undatet'; did you mean 'mnt-undated'?") in pack.problems()
    )


def test_a_question_that_an_attribute_cannot_be_asked_is_refused(pack: Copy) -> None:
    """A receptor is not counted."""
    pack.edit(RULES, "{her2_status: positive}", "{her2_status: {at_least: 3}}", after="id: pertuzumab\n")
    where = pack.place(RULES, "{her2_status: {")
    told = "'her2_status' is of kind choice and cannot be asked 'at_least'."
    assert pack.problems() == [Problem("wrong-question", where, told)]


def test_a_repeated_id_is_refused_and_says_where_the_first_is(pack: Copy) -> None:
    """Ids of rules and of statements are unique within a source, over all its files."""
    pack.edit(RULES, "id: pertuzumab\n", "id: trastuzumab\n")
    first = pack.place(RULES, "id: trastuzumab\n")
    second = pack.place(RULES, "id: trastuzumab\n", after="option: trastuzumab\n")
    pack.edit(STATEMENTS, "id: palbociclib", "id: yoga")
    care = "knowledge/statements/mnt-undated/care.yaml"
    repeated = Problem("repeated-id", second, f"the rule 'mnt-undated.trastuzumab' is already at {first}.")
    problems = pack.problems()
    assert repeated in problems
    told = f"the statement 'mnt-undated.yoga' is already at {pack.place(care, 'id: yoga')}."
    assert Problem("repeated-id", pack.place(STATEMENTS, "id: yoga"), told) in problems


# ---------------------------------------------------------------- conditions


def test_always_is_refused_where_some_case_does_not_meet_the_rule(pack: Copy) -> None:
    """A rule that says always and asks for HER2 contradicts itself."""
    pack.edit(RULES, "with: []", "with: []\n    always: true", after=TDM1)
    told = "the rule says 'always: true' but some case does not meet it."
    assert pack.problems() == [Problem("always", "mnt-undated.trastuzumab-emtansine", told)]


def test_always_is_asked_for_where_every_case_meets_the_rule(pack: Copy) -> None:
    """HER2 positive or negative is no condition, and the rule has to say so."""
    pack.edit(RULES, "{her2_status: positive}", "{her2_status: [positive, negative]}", after="id: trastuzumab\n")
    told = "the rule is met by every case; say 'always: true'."
    assert pack.problems() == [Problem("always", "mnt-undated.trastuzumab", told)]


def test_a_rule_that_no_case_can_meet_is_refused(pack: Copy) -> None:
    """Postmenopausal and male, or HER2 both ways, is nobody."""
    both = "{all: [{her2_status: positive}, {her2_status: negative}]}"
    pack.edit(RULES, "{her2_status: positive}", both, after="id: pertuzumab\n")
    pack.edit(RULES, "{menopausal_status: postmenopausal}", "{all: [{menopausal_status: postmenopausal}, {sex: male}]}")
    told = "the rule can be met by no case."
    assert pack.problems() == [
        Problem("never", "mnt-undated.pertuzumab", told),
        Problem("never", "mnt-undated.postmenopausal-aromatase-inhibitor", told),
    ]


# ---------------------------------------------------------------- other readings


def test_a_reading_that_comes_to_the_same_is_refused(pack: Copy) -> None:
    """The rule's own criteria in another order, and in other words for the same cases, are no other reading."""
    own = "{all: [{prior_therapies: {include: trastuzumab}}, {prior_therapies: {include: chemotherapy}}"
    pack.edit(RULES, f"{own}]}}", f"{own}, {{not: {{her2_status: negative}}}}]}}", after=NO_RECEPTOR)
    told = "the reading 'no-receptor' comes to the same as the rule's own in every case; leave it out."
    assert pack.problems() == [Problem("same-reading", pack.place(RULES, NO_RECEPTOR), told)]


def test_a_reading_asks_of_known_attributes_and_values_only(pack: Copy) -> None:
    """Unknown attributes, and an unknown item, in the condition of another reading are named where they stand."""
    mark = "id: present-counts"
    pack.edit(RULES, "{her2_status: positive}", "{her_2_status: positive}", after=mark)
    pack.edit(RULES, "{current_therapies: {include: trastuzumab}}", "{current: {include: trastuzumab}}", after=mark)
    pack.edit(RULES, "{include: chemotherapy}", "{include: chemotherapie}", after=mark)
    assert [(problem.kind, problem.where) for problem in pack.problems()] == [
        ("unknown-attribute", pack.place(RULES, "{her_2_status", after=mark)),
        ("unknown-attribute", pack.place(RULES, "{current: ", after=mark)),
        ("unknown-item", pack.place(RULES, "{prior_therapies: {include: chemotherapie}", after=mark)),
    ]


def test_a_reading_has_a_condition_or_says_that_it_has_none(pack: Copy) -> None:
    """Both `when` and `always: true`, or neither, is refused."""
    own = "        when: {all: [{prior_therapies: {include: trastuzumab}}"
    told = "rules.other_readings: another reading has a condition ('when'), or says 'always: true'."
    pack.edit(RULES, own, f"        always: true\n{own}", after=NO_RECEPTOR)
    both = pack.problems()
    pack.edit(RULES, f"        always: true\n{own}", own.replace("when", "#when"), after=NO_RECEPTOR)
    assert both == pack.problems() == [Problem("file-shape", pack.place(RULES, NO_RECEPTOR), told)]


def test_a_rule_has_no_two_readings_of_one_name(pack: Copy) -> None:
    """The second is refused, and told where the first is; another rule may use the name again."""
    first = pack.place(RULES, "id: present-counts")
    pack.edit(RULES, "id: no-receptor", "id: present-counts", after="because: That treatment")
    second = pack.place(RULES, "id: present-counts", after="because: That treatment")
    told = f"the reading 'mnt-undated.trastuzumab-emtansine/present-counts' is already at {first}."
    assert pack.problems() == [Problem("repeated-id", second, told)]


# ---------------------------------------------------------------- cases


def test_a_changed_condition_fails_its_cases_at_their_places(pack: Copy) -> None:
    """With HER2 negative in the condition, the base profile and the changes that hang on HER2 differ."""
    pack.edit(RULES, "{her2_status: positive}", "{her2_status: negative}", after="id: pertuzumab\n")
    rule, case = "mnt-undated.pertuzumab", "rule: pertuzumab\n"
    assert pack.problems() == [
        Problem(
            "case-truth",
            pack.place(CASES, "HER2-positive disease", after=case),
            f"'HER2-positive disease': {rule} is not_met, but the case says met.",
        ),
        Problem(
            "case-truth",
            pack.place(CASES, "{name: HER2 is negative", after=case),
            f"'HER2 is negative': {rule} is met, but the case says not_met.",
        ),
    ]


def test_a_rule_without_case_is_reported(pack: Copy) -> None:
    """A removed case leaves its rule without proof; so does a case of a rule that is not there."""
    pack.edit(CASES, "rule: pertuzumab\n", "rule: pertuzumap\n")
    where = pack.place(CASES, "rule: pertuzumap")
    assert pack.problems() == [
        Problem("no-case", "mnt-undated.pertuzumab", "the rule mnt-undated.pertuzumab has no case."),
        Problem("unknown-rule", where, "there is no rule 'mnt-undated.pertuzumap'."),
    ]


def test_every_criterion_needs_a_case_that_breaks_it_alone(pack: Copy) -> None:
    """Without the change to chemotherapy alone, nothing shows that trastuzumab is needed."""
    pack.edit(CASES, "set: {prior_therapies: [docetaxel]}", "set: {prior_therapies: none}", after=TDM1_CASE)
    pack.edit(CASES, "set: {prior_therapies: [pertuzumab+docetaxel]}", "set: {prior_therapies: none}", after=TDM1_CASE)
    told = "no case breaks {prior_therapies: {include: trastuzumab}} while the others stay met."
    where = pack.place(CASES, "HER2-positive disease", after=TDM1_CASE)
    assert pack.problems() == [Problem("case-not-met", where, f"mnt-undated.trastuzumab-emtansine: {told}")]


def test_every_branch_needs_a_case_that_meets_it_alone(pack: Copy) -> None:
    """Without the change to PR alone, nothing shows that PR is enough."""
    case = "rule: hormone-therapy"
    only_pr = "set: {er_status: negative, pr_status: positive}"
    pack.edit(CASES, only_pr, "set: {pr_status: positive}", after=case)
    where = pack.place(CASES, '"ER-positive, PR-negative disease"', after=case)
    told = "mnt-undated.hormone-therapy: no case meets it by {pr_status: positive} alone."
    assert pack.problems() == [Problem("case-branch", where, told)]


def test_every_rule_needs_a_case_that_leaves_it_unknown(pack: Copy) -> None:
    """Without the change to an unknown HER2, nothing shows what unknown is like."""
    row = "      - {name: HER2 is not known, set: {her2_status: unknown}, truth: unknown, missing: [her2_status]}\n"
    pack.edit(CASES, row, "", after="rule: pertuzumab\n")
    where = pack.place(CASES, "HER2-positive disease", after="rule: pertuzumab\n")
    told = "mnt-undated.pertuzumab: no case leaves it unknown."
    assert pack.problems() == [Problem("case-unknown", where, told)]


def test_a_case_says_what_is_missing_and_no_less(pack: Copy) -> None:
    """A case of an unknown rule that names another attribute, or none, is refused."""
    pack.edit(CASES, "missing: [her2_status]", "missing: [er_status]", after="rule: pertuzumab\n")
    pack.edit(CASES, ", missing: [prior_therapies]", "", after=TDM1_CASE)
    her2 = "'HER2 is not known': her2_status is missing, but the case says er_status."
    prior = "'The history is not known': prior_therapies is missing, but the case says nothing."
    assert pack.problems() == [
        Problem("case-missing", pack.place(CASES, "{name: HER2 is not known", after="rule: pertuzumab\n"), her2),
        Problem("case-missing", pack.place(CASES, "{name: The history is not known", after=TDM1_CASE), prior),
    ]


def test_a_profile_of_a_case_is_read_as_strictly_as_a_user_s(pack: Copy) -> None:
    """A misspelled therapy in a case is refused with the message that a user would see."""
    pack.edit(CASES, "[trastuzumab+docetaxel]", "[trastuzumab+docetaxl]", after=TDM1_CASE)
    where = pack.place(CASES, "HER2-positive disease", after=TDM1_CASE)
    problem = pack.problems()[0]
    assert (problem.kind, problem.where) == ("case-profile", where)
    assert problem.message.startswith(
        "the profile of 'HER2-positive disease after trastuzumab and docetaxel' is not accepted: prior_therapies: "
        "'docetaxl' is not a therapy of the documents; did you mean 'docetaxel'"
    )


# ---------------------------------------------------------------- words


def test_prescriptive_words_are_reported_unless_attributed(pack: Copy) -> None:
    """What is best or should be done is said by nobody here; who says so may be quoted as saying so."""
    pack.edit(STATEMENTS, "paraphrase: ", "paraphrase: It should be given, being the first choice. ", after=TDM1)
    pack.edit(STATEMENTS, "paraphrase: ", "paraphrase: Doctors say that it should be given. ", after="id: palbociclib")
    where = pack.place(STATEMENTS, "It should")
    text = (pack.root / STATEMENTS).read_text(encoding="utf-8").split("paraphrase: It should", 1)[1].split("\n", 1)[0]
    told = f"is prescriptive; say who says so, or say it otherwise: {f'It should{text}'!r}."
    assert pack.problems() == [
        Problem("prescriptive-wording", where, f"'first choice' {told}"),
        Problem("prescriptive-wording", where, f"'should' {told}"),
    ]


def test_a_run_of_eight_words_of_a_text_is_copied(pack: Copy, corpus: Path) -> None:
    """Eight words in a row from the middle of a sentence are found wherever our prose holds them; seven are not."""
    words = long_sentence(pack, corpus)
    pack.edit(STATEMENTS, "paraphrase: ", f"paraphrase: Here is {' '.join(words[1:8])} and no more. ", after=TDM1)
    assert pack.problems(corpus) == []
    pack.edit(STATEMENTS, "and no more", f"{words[8]} and no more", after=TDM1)
    told = f"shares {' '.join(words[1:9])!r} with mnt-undated; say it in other words."
    assert pack.problems(corpus) == [Problem("copied-words", pack.place(STATEMENTS, "Here is"), told)]


def test_a_whole_short_sentence_of_a_text_is_copied(pack: Copy, corpus: Path) -> None:
    """A sentence of four to seven words is found when all of it stands in our prose."""
    words = plain_sentence(pack, corpus, 4, 7)
    pack.edit(CASES, "name: HER2 is negative,", f'name: "Here is {" ".join(words)} in it",', after=TDM1_CASE)
    (problem,) = pack.problems(corpus)
    assert problem.kind == "copied-words"
    assert problem.where == pack.place(CASES, '"Here is')
    assert problem.message.startswith(f"shares {' '.join(words)!r} with ")


def test_the_reason_of_another_reading_is_prose_of_ours_too(pack: Copy, corpus: Path) -> None:
    """Neither a prescriptive word nor a run of words of a text passes in the reason of another reading."""
    words = long_sentence(pack, corpus)
    pack.edit(RULES, "because: ", f"because: It should be so. Here is {' '.join(words[1:9])} and no more. ", after=TDM1)
    where = pack.place(RULES, "It should")
    copied, prescriptive = sorted(pack.problems(corpus), key=lambda problem: problem.kind)
    told = f"shares {' '.join(words[1:9])!r} with mnt-undated; say it in other words."
    assert copied == Problem("copied-words", where, told)
    assert (prescriptive.kind, prescriptive.where) == ("prescriptive-wording", where)
    assert prescriptive.message.startswith("'should' is prescriptive; ")


def long_sentence(pack: Copy, corpus: Path) -> list[str]:
    """The words of a long sentence of the text, none of them a name."""
    return plain_sentence(pack, corpus, 14, 99)


def plain_sentence(pack: Copy, corpus: Path, least: int, most: int) -> list[str]:
    """A sentence of the text whose words are all letters and no names of drugs, classes or receptors."""
    names = vocabulary(compile_catalog(pack.folders))
    for sentence in sentences(text_of(corpus, pack.folders).read_text(encoding="utf-8")):
        words = " ".join(normalize(sentence.verbatim)).rstrip(".?!").split()
        if least <= len(words) <= most and all(word.isalpha() and word not in names for word in words):
            return words
    raise AssertionError("the text has no such sentence")


# ---------------------------------------------------------------- fingerprints


def test_one_changed_letter_of_a_text_fails_and_names_the_sentence(pack: Copy, texts: Path) -> None:
    """The sentence on T-DM1, one letter changed, is named with its ledger row and the statements that rest on it."""
    path = text_of(texts, pack.folders)
    path.write_text(path.read_text(encoding="utf-8").replace("T-DM1", "T-DN1", 1), encoding="utf-8")
    (problem,) = pack.problems(texts)
    number = next(s.number for s in sentences(path.read_text(encoding="utf-8")) if "T-DN1" in s.verbatim)
    assert (problem.kind, problem.where) == ("fingerprint", pack.place(LEDGER, f"[{number}, "))
    assert problem.message.startswith(f"sentence {number} of mnt-undated (section ")
    assert problem.message.endswith("statements that rest on it: mnt-undated.trastuzumab-emtansine.")


def test_a_changed_sign_or_digit_of_a_text_fails(pack: Copy, texts: Path) -> None:
    """Signs and digits are facts: HER2 without its digit is another sentence."""
    path = text_of(texts, pack.folders)
    path.write_text(path.read_text(encoding="utf-8").replace("HER2-", "HER-", 1), encoding="utf-8")
    assert [problem.kind for problem in pack.problems(texts)] == ["fingerprint"]


def test_other_line_breaks_and_quotes_of_a_text_still_verify(pack: Copy, texts: Path) -> None:
    """A copy of the text that is wrapped elsewhere and typed with straight quotes has the same fingerprints."""
    before = pack.checked(texts).counts["fingerprints"]
    path = text_of(texts, pack.folders)
    text = path.read_text(encoding="utf-8").replace("\u2019", "'")
    words = text.split(" ")
    path.write_text("".join(word + ("\n" if i % 7 == 0 else " ") for i, word in enumerate(words)), encoding="utf-8")
    checked = pack.checked(texts)
    assert checked.problems == []
    assert checked.counts["fingerprints"] == before


def test_a_text_that_is_not_there_is_reported(pack: Copy, texts: Path) -> None:
    """A corpus without one of the texts is not taken for a verified one."""
    path = text_of(texts, pack.folders)
    path.unlink()
    assert pack.problems(texts) == [Problem("missing-text", str(path), "the text of mnt-undated is not in the corpus.")]


@pytest.mark.parametrize("change", ["fingerprint", "words"])
def test_one_changed_number_in_a_ledger_fails_at_its_row(pack: Copy, corpus: Path, change: str) -> None:
    """A fingerprint with another digit, or another number of words, is found at its row and spoils no other row."""
    row = (pack.root / LEDGER).read_text(encoding="utf-8").split("  - [25, ", 1)[1].split("]", 1)[0]
    words, mark = row.split(", ")
    flipped = f'"{"0" if mark[1] != "0" else "1"}{mark[2:]}'
    changed = f"{words}, {flipped}" if change == "fingerprint" else f"{int(words) + 1}, {mark}"
    pack.edit(LEDGER, f"[25, {row}", f"[25, {changed}")
    (problem,) = pack.problems(corpus)
    assert (problem.kind, problem.where) == ("fingerprint", pack.place(LEDGER, "[25, "))
    assert problem.message.startswith("sentence 25 of mnt-undated (section ")


def test_a_ledger_whose_sentences_are_not_numbered_in_order_is_refused(pack: Copy) -> None:
    """A changed sentence number is a problem at its row, and never a crash."""
    pack.edit(LEDGER, "[25, ", "[255, ")
    told = "sentence 255 stands where sentence 25 is expected."
    assert pack.problems() == [Problem("ledger-number", pack.place(LEDGER, "[255, "), told)]


def test_sections_that_leave_out_the_first_sentence_are_refused(pack: Copy) -> None:
    """Every sentence stands in a section; a first section from sentence 3 is a problem of the sources, and no crash."""
    pack.edit("knowledge/sources.yaml", "from: 1,", "from: 3,", after="id: mnt-undated")
    where = pack.place("knowledge/sources.yaml", "id: mnt-undated")
    told = "sources: sections begin with sentence 1 and follow one another."
    assert pack.problems() == [Problem("file-shape", where, told)]


# ---------------------------------------------------------------- the matrix


MATRIX = "knowledge/matrix.yaml"
NONE = "{id: none,"


def test_a_value_of_an_axis_that_contradicts_itself_is_found_once(pack: Copy) -> None:
    """Named with its place and what contradicts, however many cases it stands in."""
    pack.edit(MATRIX, "pr_status: positive", "hr_status: negative")
    (found,) = pack.problems()
    assert (found.kind, found.where) == ("contradiction", pack.place(MATRIX, "{id: hr-positive-her2-negative,"))
    told = "'hr-positive-her2-negative': er_status + hr_status: contradict each other: er_status (positive) and "
    assert found.message.startswith(told)


def test_values_of_two_axes_that_contradict_each_other_are_found(pack: Copy) -> None:
    """At the later of them, naming both: a man before menopause."""
    pack.edit(MATRIX, "prior_therapies: none", "menopausal_status: premenopausal", after=NONE)
    pack.edit(MATRIX, ", menopausal_status: postmenopausal", "")
    (found,) = pack.problems()
    assert (found.kind, found.where) == ("contradiction", pack.place(MATRIX, NONE))
    assert found.message.startswith("'man' with 'none': sex + menopausal_status: contradict each other: ")


def test_two_axes_that_state_an_attribute_otherwise_are_found(pack: Copy) -> None:
    """By whichever word for it; that the later hid the earlier is told. What both state alike is no problem."""
    pack.edit(MATRIX, "prior_therapies: none", 'prior_therapies: none, her2: "+"', after=NONE)
    where = pack.place(MATRIX, NONE)
    told = "her2_status: two axes state it otherwise, as negative and as positive; state it in one of them."
    assert pack.problems() == [
        Problem("stated-otherwise", where, f"'{value}' with 'none': {told}")
        for value in ("hr-positive-her2-negative", "triple-negative")
    ]


# ---------------------------------------------------------------- what is told


def test_what_was_verified_is_told_in_lines_of_eighty_columns(small: Path, corpus: Path) -> None:
    """Whole sentences, the accounts of the texts and the disclaimer."""
    for more in (["--corpus", str(corpus)], []):
        ran = mbc("check", "--knowledge", str(small), *more)
        assert (ran.code, "Educational only" in ran.out) == (0, True)
        assert [line for line in (ran.out + ran.err).splitlines() if len(line) > 80] == []


def test_a_table_of_mutants_that_is_too_wide_goes_on_below() -> None:
    """Each column once, with the kinds before each part."""
    checks = ["cases", "names", "texts", "invariants", "proofs", "fingerprints", "attribution"]
    by = {name: {"caught": 100_000 + number, "asked": 200_000} for number, name in enumerate(checks)}
    row = {"made": 300_000, "caught": 250_000, "by": by, "equivalent": 7, "same": 8, "survived": 9}
    without = ["proofs", "texts", "names"]
    told = render_mutations({"groups": {"criteria": {"drop": row, "negate": row}}, "without": without})
    assert [line for line in told.splitlines() if len(line) > 80] == []
    words = told.split()
    for name in checks[:5]:
        assert words.count(f"{by[name]['caught']}/200000") == 2
        assert name in words
    assert words.count("drop") == words.count("negate") > 1
