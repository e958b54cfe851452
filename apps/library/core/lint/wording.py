"""One line of behaviour: would one have seen or heard it?

A word-based method, chosen because a reader can check it. A line passes when a verb of doing or saying is left after
hollow phrases are taken out of it:

* a trait: praise or a hollow verb before a noun of quality ("strong understanding", "shows ability to", "good
  communication skills"), or a word that judges a person ("is smart", "team player", "passionate");
* a mental state: "knows", "understands", "is familiar with", for nobody sees inside a head.

A verb of doing is one of `DOING`, or any word in -s that begins the line, for anchors are written "Asks ...". So a rare
verb further on may be missed, which gives a false alarm, and a plural noun at the beginning ("Databases in general")
may pass for a verb, which misses one. Of the two the second is preferred wherever there was a choice. The
method reads English in the third person, and knows nothing about whether the behaviour matters.

Sources of the rules: behaviourally anchored rating scales (Smith and Kendall, 1963) ask for expected behaviour in
place of traits, degree words and comparisons with other people.
"""

import itertools
import re

from apps.library.core.lint.facts import Code, LintWarning, Place


def words_of(text: str) -> frozenset[str]:
    """A list of words as one reads it in a paragraph."""
    return frozenset(text.split())


MOST_WORDS = 50  # two lines in a packet's table; whoever rates reads four levels of them in a minute
MOST_BEHAVIOURS = 4
MOST_WORDS_OF_PRAISE = 9  # a longer line says besides the praise what was done

_PRAISE = (
    "good|strong|excellent|great|solid|deep|poor|weak|bad|outstanding|exceptional|superior|impressive|basic|limited|"
    "thorough|sound|clear|high|low|adequate|decent|advanced|extensive|broad|fair|proficient|effective"
)
_NOUNS = (
    "understanding|knowledge|grasp|skills?|abilit(?:y|ies)|capabilit(?:y|ies)|competenc(?:e|y)|expertise|proficiency|"
    "awareness|aptitude|mindset|attitude|passion|enthusiasm|motivation|curiosity|intelligence|seniority|maturity|"
    "communication|communicator|leadership|teamwork|problem[- ]solving|problem[- ]solver|thinking|thinker|instincts?|"
    "sense|talent|potential|experience|fit|personality|charisma|confidence|professionalism|initiative|coder|engineer|"
    "developer|programmer|listener|learner|ownership"
)
_HOLLOW = "shows?|demonstrates?|displays?|exhibits?|has|have|possess(?:es)?|brings?|with|is|lacks?"
_TRAIT = re.compile(
    rf"\b(?:(?:{_HOLLOW})\s+)(?:(?:an?|the|some|any|no|little|very|really|{_PRAISE})\s+)*(?:[\w-]+\s+)?(?:{_NOUNS})\b"
    rf"|\b(?:(?:very|really|an?)\s+)*(?:{_PRAISE})\s+(?:[\w-]+\s+)?(?:{_NOUNS})\b"
    r"|\b(?:is|are|seems?|appears?|was)\s+(?:(?:an?|very|really|quite|not|highly|extremely)\s+)*"
    r"(?:smart|bright|clever|sharp|brilliant|intelligent|passionate|enthusiastic|motivated|confident|proactive|"
    r"curious|creative|humble|friendly|nice|likeable|senior|junior|mature|professional|reliable|organi[sz]ed|capable|"
    r"competent|skilled|talented|strong|weak|good|great|excellent|poor)\b"
    r"|\b(?:team[- ]player|self[- ]starter|rock ?star|ninja|culture fit|cultural fit|quick learner|fast learner|"
    r"go[- ]getter|gets (?:things|stuff|it) done|can[- ]do|big[- ]picture thinker|natural leader|"
    r"passionate|smart|brilliant|talented)\b"
)
_MENTAL = re.compile(
    r"\b(?:(?:does not|doesn't|cannot|can|fully|clearly|really|truly|deeply|barely|hardly)\s+)*"
    r"(?:knows?|understands?|believes?|appreciates?|grasps?|reali[sz]es?|thinks?|feels?|values?|"
    r"(?:is|are|feels|seems)\s+(?:(?:not|very|fully|well|only|somewhat)\s+)*"
    r"(?:familiar|aware|comfortable|acquainted|knowledgeable|versed|experienced|at home)"
    r"(?:\s+(?:with|of|in|about))?|able to|capable of)\b"
)
_MANNER = re.compile(
    rf"\b(?:{_PRAISE}|well|effectively|efficiently|properly|appropriately|competently|successfully|clearly|nicely|"
    r"quickly|easily|independently|poorly|badly|smoothly|professionally|convincingly)\b"
)
_BROAD = re.compile(
    r"\b(?:communicates?|collaborates?|works?|handles?|performs?|contributes?|solves?|codes?|designs?|manages?|"
    r"debugs?|leads?|behaves?|engages?|participates?|adapts?|learns?|copes?|does|writes?|explains?|answers?)\b"
)
_COMPARES = re.compile(
    r"\b(?:better|worse|stronger|weaker|faster|slower|more|less)\s+(?:[\w-]+\s+)?than\s+(?:most|many|all|any|other|"
    r"others|average|(?:the|our|his|her|their)\s+(?:other|others|average|peers?|typical|median|candidates?|team)|"
    r"peers|typical|previous candidates?|(?:other\s+)?candidates?|(?:other\s+)?engineers?)\b"
    r"|\b(?:above|below)[- ]average\b|\bin the top\s+(?:\d+\s*(?:%|per ?cent)|tier)"
    r"|\btop (?:\d+\s*(?:%|per ?cent) of )?(?:candidates?|performers?|applicants?|engineers?)\b"
    r"|\b(?:the|our|one of the|among the)\s+(?:best|worst|strongest|weakest)\s+(?:candidates?|engineers?|people|we)\b"
    r"|\bcompared (?:with|to) (?:other|most|peers|the other)\b|\bunlike (?:most|other) (?:candidates|people)\b"
)

# Verbs of doing and saying, as they stand in an anchor.
DOING = words_of(
    """
    accepts accounts acts adds adjusts admits agrees aims answers applies argues asks attaches begins breaks brings
    builds calculates calls carries changes checks chooses cites claims clarifies closes codes collects combines
    compares completes computes concedes confirms connects considers contradicts converts corrects counts covers
    creates critiques cuts dates decides declares declines defends defines deletes demonstrates denies derives
    describes designs determines diagnoses discards discusses dismisses distinguishes distrusts documents drafts draws
    drops edits ends escalates estimates examines executes explains expects exposes expresses fails fills finds fixes
    follows formulates frames gets gives goes grounds groups guesses halves hands helps holds identifies ignores
    illustrates implements improves inspects instruments interrupts interviews introduces invents investigates invites
    isolates judges justifies keeps labels lays leaves lets limits links listens lists logs looks makes maps marks
    measures meets mentions monitors moves names narrates negotiates notes notices observes offers opens orders
    outlines overrides overwrites paraphrases picks pins places plans plots points predicts presents prevents prices
    prints prioritises prioritizes probes proceeds produces profiles promises proposes protects proves provides pulls
    pushes puts quantifies questions quotes raises ranks reaches reacts reads rebuilds recasts recites recommends
    records reconstructs recounts redesigns reduces refactors refers refuses reframes rejects relates releases removes
    renames reorders repairs repeats rephrases replaces replays replies reports reproduces requests requires resolves
    responds restates restructures returns reuses reveals reverts reviews revises rewrites rewords rules runs says
    sees searches segments selects sends separates sets settles ships shows simplifies simulates sizes sketches skips
    sorts speaks specifies spends splits spots starts states steers stops stores structures submits suggests summarises
    summarizes supports surfaces swaps takes talks teaches tells tests thanks throttles times traces tracks translates
    tries turns types undoes updates uses validates verifies visits voices volunteers waits walks warns watches weighs
    withdraws works wraps writes
    """
)
_BASES = frozenset(
    {verb[:-1] for verb in DOING}
    | {verb[:-2] for verb in DOING if verb.endswith("es")}
    | {verb[:-3] + "y" for verb in DOING if verb.endswith("ies")}
)
_NOT_A_VERB = words_of(
    """
    is was has does this its his hers theirs ours yours less unless across always sometimes perhaps thus plus besides
    towards afterwards versus various numerous shows demonstrates displays exhibits possesses lacks seems appears knows
    understands believes appreciates grasps realises realizes thinks feels values skills abilities systems ethics
    basics fundamentals strengths weaknesses qualities attitudes communications analytics mathematics statistics physics
    dynamics serious conscious ambitious courageous curious obvious awareness process access success business progress
    """
)
_NOT_BEFORE_A_VERB = words_of(
    """
    the a an his her its their our your my all any some many few several no these those of to in with for on from by at
    about into over under between without good strong excellent great solid deep poor weak very more most better best
    """
)
_BEFORE_A_BASE = frozenset({"cannot", "not", "never", "can", "to", "could", "would", "will", "did"})
_CLAUSE = re.compile(r"[.,;:!?()“”\"]|\s–\s|\b(?:and|or|but|then|nor|also)\b")
_DONE = re.compile(r"\bhas (?:not |never |already |just )?[a-z]+ed\b")
_ASIDE = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[a-z][a-z'’-]*")
_LEADING = frozenset({"first", "then", "also", "only", "at", "once", "later", "still", "even", "never", "often"})


def behaviours(text: str) -> int:
    """How many clauses begin with a verb in the third person: the things one would have to see. Examples in
    parentheses are not counted."""
    clauses = _CLAUSE.split(_ASIDE.sub(" ", _plain(text)))
    return sum(_begins_with_a_verb(clause, rare=number == 0) for number, clause in enumerate(clauses))


def lint_line(text: str, place: Place) -> tuple[LintWarning, ...]:
    """What is wrong with one line of behaviour, in the order of `Code`."""
    plain = _plain(text)
    found: list[LintWarning] = []
    unseen = _unseen(plain)
    if unseen is not None:
        found.append(LintWarning(unseen[0], place, quote=text, words=unseen[1]))
    elif (
        len(_WORD.findall(plain)) <= MOST_WORDS_OF_PRAISE
        and behaviours(text) <= 1
        and (broad := _BROAD.search(plain))
        and (manner := _MANNER.search(plain))
    ):
        found.append(LintWarning(Code.PRAISE, place, quote=text, words=(broad[0], manner[0])))
    if compared := _COMPARES.search(plain):
        found.append(LintWarning(Code.COMPARES, place, quote=text, words=(compared[0],)))
    words = len(text.split())
    if words > MOST_WORDS:
        found.append(LintWarning(Code.TOO_LONG, place, quote=text, number=words, limit=MOST_WORDS))
    several = behaviours(text)
    if several > MOST_BEHAVIOURS:
        found.append(LintWarning(Code.SEVERAL, place, quote=text, number=several, limit=MOST_BEHAVIOURS))
    return tuple(found)


def _unseen(plain: str) -> tuple[Code, tuple[str, ...]] | None:
    """Why nobody could have seen or heard it; None where there is a verb of doing or saying."""
    traits = [match[0] for match in _TRAIT.finditer(plain)]
    rest = _TRAIT.sub(" the ", plain)  # an article: what follows is an object, no verb
    states = [match[0] for match in _MENTAL.finditer(rest)]
    rest = _MENTAL.sub(" the ", rest)
    if any(_has_a_verb(clause, rare=number == 0) for number, clause in enumerate(_CLAUSE.split(rest))):
        return None
    if traits:
        return Code.TRAIT, tuple(traits)
    if states:
        return Code.MENTAL_STATE, tuple(states)
    return Code.NO_VERB, ()


def _has_a_verb(clause: str, *, rare: bool) -> bool:
    if _begins_with_a_verb(clause, rare=rare) or _DONE.search(clause):
        return True
    words = _WORD.findall(clause)
    return any(
        (word in DOING and before not in _NOT_BEFORE_A_VERB) or (before in _BEFORE_A_BASE and word in _BASES)
        for before, word in itertools.pairwise(["", *words])
    )


def _begins_with_a_verb(clause: str, *, rare: bool) -> bool:
    """With `rare` also a word in -s that is not in the list."""
    words = [word for word in _WORD.findall(clause) if word not in _LEADING]
    if not words:
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in {"cannot", "does"}:
        return second in _BASES | {"not"}
    return first in DOING or (
        rare and len(first) > 3 and first.endswith("s") and not first.endswith("ss") and first not in _NOT_A_VERB
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
