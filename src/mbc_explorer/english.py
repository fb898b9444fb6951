"""What words of plain English are worth in a question, whatever its field: those that carry nothing, those that say
little, those that mean the same, and the turns of phrase that ask for a number, a span, a date or a comparison."""

from __future__ import annotations

import re
from typing import NamedTuple

_COMMON = """
    a about actually again all already also although always am an and another any anybody anyone anything are aren as
    ask at away be because been being both but by can could couldn d did didn do document documents does doesn doing don
    done down due during each either else ever every everybody everyone everything far for from get gets getting give
    given gives giving go goes going got had happen happened happening happens has hasn have haven having he her here
    hers him his how however i if in instead into is isn it its just keep kind kinds know let like likely ll long look
    looked looking looks m made make makes making many matter matters may maybe me mean meaning means might mine more
    most mostly much must my near need needed needs no nobody nor normally not nothing of off often ok on once one ones
    only or other others our out over own patient patients people per person please plus possible put quite rather re
    read really right s said say says see seem seems shall she should shouldn show shows so some somebody someone
    something soon still stuff such sure t take taken takes taking tell text texts than that the their them then there
    these they thing things think this those though through to together told too toward towards under until up upon us
    used using usual usually ve versus very vs want wants was wasn way ways we well were weren what whats when where
    whether which while who whom whose why will with within without woman women won would wouldn yet you your
"""
COMMON = frozenset(_COMMON.split())
"""Words that carry nothing."""

_VERBS = """
    accept achieve act add address adjust affect agree allow answer appear apply approach arise arrange assess assume
    attend avoid base become begin belong bring build call carry cause change check choose claim classify combine come
    complete concern consider consist contain continue contribute control count cover create damage deal decide define
    deliver depend describe detect determine develop differ direct discover discuss divide draw enable end ensure enter
    establish exist expect experience explain express face fail fall feel find fit follow form function gain guide
    handle harm help hold identify ignore imply improve include increase indicate inflame influence inform intend
    involve join judge last lead leave lie list lose maintain manage mention move name notice obtain occur offer open
    organize perform permit plan play point practice prefer prepare prescribe present prevent proceed produce protect
    provide qualify raise reach recognize recommend reduce refer reflect relate rely remain replace report represent
    require respond result run select serve set sit solve speak stand start state stay suggest suit support suppose
    surprise switch talk tend think treat trigger try turn understand undergo upset use vary view wait watch work write
"""
_OTHERS = """
    able actual advisable after against along alone around available bad best better big certain clear close common
    correct current desirable different difficult early easy effective enough entire exact few final full further
    general good great hard high important initial kindly large late least less local lower main major minor necessary
    new next normal old ordinary particular poor potential present previous proper quick rare ready real recent regular
    responsible safe same separate serious several severe short similar simple single slow small special specific
    sudden suitable together true typical unusual useful various whole wide worse wrong young
    amount area aspect basis case chance choice circumstance class component condition course detail difference example
    extent fact factor group guidance history idea information issue key level member method mode number object option
    order part place position possibility principle problem process purpose question range reason role rule sense side
    sign situation size sort stage standard step strategy structure subject sum task technique term time tip topic type
    value variety word approval approved
"""

_SAME = """
    ache, hurt, painful, sore, pain
    age, old, older, elderly
    aim, goal, purpose, intent
    alcohol, drink, drinks, drinking
    alone, own
    anxiety, anxious, stress, worry, fear, psychosocial, emotional
    appear, arise, occur, develop, show up
    appointment, visit, consultation
    arrange, organize, set up
    avoid, prevent, keep away, stay away, protect
    begin, began, begun, start, commence, onset
    belly, abdomen, abdominal, stomach, tummy
    break, broke, broken
    bring, carry, take along
    calm, relax, meditation
    change, alter, switch, replace, different
    check, examine, monitor, watch, observe
    child, children
    choose, chose, chosen, pick, select, opt, turn to
    class, classified, classify, belong, group, kind, type
    company, firm, sponsor, sponsored, supporting
    component, consist, part, made of
    control, hold, keep, check
    cost, price, cheap, afford, expensive, money, financial, finances
    destroy, kill
    difficult, hard, harder, challenging, tough
    discuss, talk, speak, spoke, spoken, conversation
    doubt, uncertain, unsure, confusing
    drive, drove, driven, fuel
    eat, ate, eaten, food, meal, diet, nutrition
    end, stop, cease, halt, discontinue
    exam, test, testing, examination
    family, relatives, spouse, husband, wife
    fast, quick, rapid, quickly, rapidly
    fifth, percent, percentage, proportion, fraction, share, half, third, quarter
    find, found
    foot, feet
    freeze, froze, frozen
    give, gave
    grow, grew, grown, growth, enlarge
    guide, guidance, steer
    help, assist, lend a hand
    hope, expect
    ill, sick, illness, disease
    job, role, task
    journal, diary, notebook
    lengthen, extend, prolong, longer, outlive
    lessen, reduce, lower, decrease, diminish, relieve, ease, alleviate, fewer, less, cut
    life, live, alive
    long, duration, until
    lose, lost, loss
    man, men
    method, technique, procedure
    new, novel, newer, recent, modern
    normal, healthy
    note, record, noting
    often, frequent, common, commonly, frequently, most
    old, former, earlier, previous
    operate, operation
    opinion, view
    pain, painful
    program, service, center
    qualify, eligible, suitable, candidate
    raise, increase, rise, rose, risen, boost, higher
    rare, uncommon, rarer, seldom
    refuse, decline, declined, forbid
    remove, cut out, take out, taken out, excise
    repeat, again, anew
    sad, depressed, depression, emotional
    see, saw, seen
    shrink, smaller, small
    shut, block, stop, suppress, switch off, shut down, turn off
    spare, unharmed, free
    stand, stood
    strong, strength, stronger, strengthen
    swell, swollen
    tip, tips, hint, advice, suggests
    travel, move, spread
    trouble, problem, difficulty
    understand, understood
    useful, helpful, worth, valuable
    volunteer, take part, participate, enroll, join
    want, wish, prefer
    weak, weakness, weaken
    weigh, weight
    write, wrote, written
"""
_AMERICAN = (
    (r"(?<=\w{3})our", "or"), ("ae", "e"), ("oe", "e"), ("tre$", "ter"), ("is(e|ed|es|ing|ation)$", r"iz\1"),
    ("ll(?=ed|ing)", "l"),
)  # fmt: skip
_COMPARING = re.compile(
    r"\b(better|worse|best|worst|superior|inferior|safer|stronger|weaker|milder|faster|cheaper|preferable|preferred|"
    r"versus|vs|compared?|comparison|than|beats?|outperforms?|advantages?|equal|equivalent|similar|differs?|"
    r"differences?|(more|less|fewer) \w+|as \w+ as|"
    r"(choose|chosen|prefer|preferred|pick|picked)\b.* over)\b"
)
_COMPARED = re.compile(r"\b(than|versus|compared|unlike|likened)\b")


class Turn(NamedTuple):
    """A turn of a question that only an answer of some form can meet."""

    asks: re.Pattern[str]
    answers: re.Pattern[str]


_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|half|third|quarter|fifth|percent|hundred|most|few|several|many"
TURNS = (
    Turn(
        re.compile(r"\bhow (often|frequently)\b"),
        re.compile(r"\b(every|each|once|twice|daily|weekly|monthly|intervals?|regular(ly)?|\w+ times)\b"),
    ),
    Turn(
        re.compile(r"\bhow long\b"),
        re.compile(r"\b(until|while|long|longer|time|(minute|hour|day|week|month|year)s?)\b"),
    ),
    Turn(
        re.compile(r"\b(how (many|common)|(share|percentage|proportion|fraction) of)\b"),
        re.compile(rf"\d|\b({_NUMBERS}|numerous|one|single)\b|thirds\b"),
    ),
    Turn(re.compile(r"\b(when (was|were|did)|(what|which) year|since when)\b"), re.compile(r"\b(19|20)\d\d\b")),
)
"""How often, how long, how many, since when."""


def stem(word: str) -> str:
    """A word without the endings that do not change what it is: `stopped`, `stops` and `stopping` as `stop`."""
    bare = re.sub(r"(?<=\w{3})(ing|ied|ies|ed|er|es|ly|s|e|y)$", "", word)
    return re.sub(r"([bdglmnprt])\1$", r"\1", bare)


_LIGHT = frozenset(map(stem, (_VERBS + _OTHERS).split()))
_GROUPS = [[name.strip() for name in line.split(",")] for line in _SAME.strip().splitlines()]


def says_little(word: str) -> bool:
    """Whether a word may help to rank and need not be held."""
    return stem(word) in _LIGHT


def same(word: str) -> tuple[str, ...]:
    """Other words for the same."""
    groups = [group for group in _GROUPS if any(stem(word) == stem(name) for name in group)]
    return tuple(dict.fromkeys(name for group in groups for name in group))


def american_spellings(word: str) -> list[str]:
    """How a word of British spelling may be written in America."""
    return [re.sub(*change, word) for change in _AMERICAN if re.search(change[0], word)]


def compares(question: str) -> bool:
    """Whether a question asks how things compare."""
    return _COMPARING.search(question.casefold()) is not None


def states_comparison(text: str) -> bool:
    """Whether a sentence says how things compare."""
    return _COMPARED.search(text.casefold()) is not None
