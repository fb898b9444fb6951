"""What words of plain English weigh in a question, whatever its field: those that carry nothing, those that carry
little, those that mean the same, and turns of phrase that ask for an amount, a span or a comparison."""

from __future__ import annotations

import re

_COMMON = """
    a about actually again all already also although always am an and another any anybody anyone are aren as ask at
    away be because been being both but by can could couldn d did didn do document documents does doesn doing don done
    down due during each either else ever every far few for from get gets getting give given gives giving go goes
    going got had happen happened happening happens has hasn have haven having he her here hers him his how however i
    if in instead into is isn it its just keep kind kinds know let like likely ll long look looked looking looks m
    made make makes making many matter matters may maybe me mean meaning means might mine more most mostly much must
    my near need needed needs no normally not of off often ok on once one ones only or other others our out over own
    patient patients people per person please possible put quite rather re read really right s said say says see seem
    seems shall she should shouldn show shows so some somebody someone something soon still stuff such sure t take
    taken takes taking tell text texts than that the their them then there these they thing things think this those
    though through to together told too toward towards under until up upon us used using usual usually ve very want
    wants was wasn way ways we well were weren what whats when where whether which while who whom whose why will with
    within without woman women won would wouldn yet you your
"""
COMMON = frozenset(_COMMON.split())
"""Words that carry nothing."""

_LIGHT = """
    able actual address affect affects affected after against along allow allowed answer appear apply approach
    approaches approve approved approval around attend available bad badly become before belong better best bring call
    called care case cases cause caused causes certain change check checked choice choices choose chosen class
    classified classify combine combined come comes common commonly consider considered contain control count
    counted current currently damage damaged damages deal decide decided decides defined define definition depend
    depends describe described determine determines detail details develop differ different differently difference
    do early effective effectively end ends exactly example examples exist experience explain expect expected explained
    face fact factor factors feel feels few field find finds follow form found function general generally good great
    group handle harm harms help helped helpful helps hold idea identify important improve improves include included
    includes increase indicate influence inform involve involved involves issue issues join joined key last lasted
    lasting lasts latest lead leads learn least less list lists lower main mainly manage managed management
    manages mention mentioned method methods name named names new note number occur occurred occurs offer offered
    option options order part particular parts place play point points possibility potential prescribe prescribed
    present problem problems provide question questions raise raises reach reason reasons receive received receives
    recommend recommended reduce refer relate related require required respond result results role run safe safely
    same separate serve set side sign similar single situation situations size solve special specific stand start
    started starting starts state stay stays step steps strategies strategy stage suggest suggested suitable support
    term terms tip tips together topic treat treated treating treatment treatments trigger try turn type types
    understand undergo unlike use useful uses usage value various view work working works worse
"""
LIGHT = frozenset(_LIGHT.split())
"""Words that say little: they help to rank, and need not be held."""

_SAME = """
    begin, began, begun
    break, broke, broken
    child, children
    choose, chose, chosen
    drive, drove, driven
    eat, ate, eaten
    find, found
    foot, feet
    freeze, froze, frozen
    give, gave
    grow, grew, grown
    lose, lost, loss
    man, men
    rise, rose, risen
    see, saw, seen
    speak, spoke, spoken
    spread, spreading
    stand, stood
    swell, swollen
    weigh, weight
    woman, women
    write, wrote, written
    ache, hurt, painful, sore, pain
    aim, goal, purpose, intent
    alcohol, drink, drinks, drinking
    alone, own
    appointment, visit, consultation
    anxiety, anxious, stress, worry, fear, psychosocial, emotional
    appear, arise, occur, develop, show up
    arrange, organize, set up
    avoid, prevent, keep away, stay away, protect
    begin, start, commence, onset
    belly, abdomen, abdominal, stomach, tummy
    bring, carry, take along
    calm, relax, meditation
    cheap, afford, afforded, price, cost, costs, expensive, money, financial, finances
    choose, pick, select, opt, turn to
    class, classified, belong, group, kind, type
    company, firm, sponsor, sponsored, supporting
    destroy, kill, destroys, kills
    discuss, talk, speak, conversation
    doubt, uncertain, unsure, confusing
    eat, food, meal, diet, nutrition
    end, stop, cease, halt, discontinue
    enlarge, grow, growth
    exam, test, testing, examination
    examine, check, look at
    family, relatives, spouse, husband, wife
    fast, quick, rapid, quickly, rapidly
    fifth, percent, percentage, proportion, fraction, share, half, third, quarter
    forbid, refuse, decline, declined
    hard, difficult, challenging, tough
    help, assist, lend a hand
    hint, tip, tips, advice, suggests
    hope, expect
    ill, sick, illness
    journal, diary, notebook
    lengthen, extend, prolong, longer, outlive
    lessen, reduce, lower, decrease, diminish, relieve, ease, alleviate, fewer, less, cut
    live, life, alive
    long, duration, until
    method, technique, procedure
    new, novel, newer, recent, modern
    note, write, record, noting
    often, frequent, common, commonly, frequently, most
    opinion, view
    program, service, center
    rare, uncommon, rarer, seldom
    raise, increase, rise, boost, higher
    remove, removed, removing, cut out, take out, taken out, excise
    repeat, again, anew
    sad, depressed, depression, emotional
    shrink, smaller, small
    shut, block, stop, suppress, switch off, shut down, turn off
    strong, strength, stronger, strengthen
    travel, move, spread, moves
    trouble, problem, difficulty
    understand, understood
    useful, helpful, worth, valuable
    volunteer, take part, participate, enroll, join
    want, wish, prefer
    weak, weakness, weaken
"""
_AMERICAN = ((r"(?<=\w{3})our", "or"), ("ae", "e"), ("oe", "e"), ("tre$", "ter"), ("is(e|ed|es|ing|ation)$", r"iz\1"), ("ll(?=ed|ing)", "l"))
_COMPARING = re.compile(
    r"\b(better|worse|best|worst|superior|inferior|safer|stronger|weaker|milder|faster|cheaper|preferable|preferred|"
    r"versus|vs|compared?|comparison|than|beats?|outperforms?|advantages?|equal|equivalent|similar|differs?|"
    r"differences?|(more|less|fewer) \w+|as \w+ as)\b"
)
_COMPARED = re.compile(r"\b(than|versus|compared|unlike|likened)\b")


def stem(word: str) -> str:
    """A word without the endings that do not change what it is: `stopped`, `stops` and `stopping` as `stop`."""
    bare = re.sub(r"(?<=\w{3})(ing|ed|es|s|e)$", "", word)
    return re.sub(r"([bdglmnprt])\1$", r"\1", bare)


_GROUPS = [[name.strip() for name in line.split(",")] for line in _SAME.strip().splitlines()]


def same(word: str) -> tuple[str, ...]:
    """Other words for the same."""
    found = {
        name: None for group in _GROUPS if any(stem(word) == stem(name) for name in group) for name in group
    }
    return tuple(found)


def american_spellings(word: str) -> list[str]:
    """How a word of British spelling may be written in America."""
    return [re.sub(*change, word) for change in _AMERICAN if re.search(change[0], word)]


def compares(question: str) -> bool:
    """Whether a question asks how things compare."""
    return _COMPARING.search(question.casefold()) is not None


def states_comparison(text: str) -> bool:
    """Whether a sentence says how things compare."""
    return _COMPARED.search(text.casefold()) is not None
