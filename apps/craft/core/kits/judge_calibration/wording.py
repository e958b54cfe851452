"""Of which words the judge's world is made: names, months, sentences with figures and without, questions."""

SYLLABLES = "al be cor dun er fos gim hal iv jor kel lum mor nev os pir quo ras sel tam ur vel wix yor zan".split()  # noqa: SIM905
MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
SAID = [
    "The {a} is {v}.",
    "Please note the {a} of {v}.",
    "There is a {a} of {v}.",
    "The {a} comes to {v}.",
]
SAID_ANEW = [
    "As to the {a}, we go by {v}.",
    "We have the {a} down as {v}.",
    "For the {a}, count on {v}.",
]
FILLERS = [
    "We look after every request in person and are glad to walk you through the details whenever it suits you.",
    "Our colleagues on site know the place well and are happy to help with anything that comes up on the day.",
    "Many of our guests tell us that a short call beforehand makes everything easier, so feel free to ring.",
    "If your plans change, let us know as early as you can, and we will try to find something that fits.",
    "You will find the way described on our pages, together with pictures and a map of the surroundings.",
    "We have been doing this for a long time and take pride in the care with which things are prepared.",
    "It is always worth reading the confirmation once more in peace before you set out.",
    "Should anything be unclear, our team will gladly answer further questions by mail or by telephone.",
]
ASKED = [
    "I am thinking of the {e} for {m}. What are the {a}?",
    "Could you tell me about the {e} in {m}: the {a}?",
    "We plan on the {e} in {m}. Please let me know the {a}.",
]
ASKED_ANEW = [
    "Before I decide on the {e} ({m}), I would need the {a}.",
    "My sister recommended the {e}. If we come in {m}, what about the {a}?",
]
OPENINGS = ["What a wonderful choice!", "Great question, thank you for asking!", "How lovely that you thought of us!"]
