"""What stands for a language model: sentences about a prompt, and about how they are sent."""

import random
import re

OPENING = """
You asked “{prompt}”, and a language model would now tell you something about it. There is none
here: a short Python function puts these sentences together, and sends them the way a model sends
its answer, one word after another.
or
“{prompt}” is something to ask a language model. I am none, only a list of sentences on the server.
But the way in which they reach you, word by word, is the way a model's would.
"""

FACTS = """
One generator makes this text, however many people watch. Each word is published once, and goes to
all of them in the same turn of the event loop.
or
Ten tabs that watch this answer need no more work than one: a single generator runs for all, and
what it yields is published once.

Open this page in a second tab, and choose this answer from the list. You get the text so far in
one message, and from then on every word as it comes. In the end both tabs show the same.
or
Who comes late gets the text so far in one message, and then the rest as it comes. A second tab,
with this answer chosen from the list, shows it.

Press Stop, and the text waits after the word that is on its way; nobody is disconnected. Press
Resume, and it goes on with the next one.
or
Stop holds the text for everybody who watches, and Resume lets it go on with the next word. Both
are ordinary POST requests, from any tab.

Reload the page in the middle: no word is lost, and none comes twice. Close the last tab that
watches, and one second later the generator has ended, with its task and its timer. What was said
stays with the answer, and the next viewer lets it go on from there.
or
When the last viewer leaves, the generator ends one second later, and nothing of it is left running.
The words said so far are kept with the answer. So a reload, or ten seconds without a network,
neither loses a word nor repeats one.

A viewer on a slow network holds up nobody. It gets what it has missed as one piece of text, as soon
as it can take it.
or
Should your network be slow today, then the others do not notice. What you missed arrives in one
piece as soon as there is room for it.
"""

ENDING = """
On the server all of this is a decorator, and a yield for each word.
or
That was the last sentence. The connection is closed now, with the code that means: complete.
"""


def words_about(prompt: str) -> list[str]:
    """The answer in words, each with the white space that follows it."""
    facts = FACTS.split("\n\n")
    first = f"{one_of(OPENING).format(prompt=prompt)} {count(prompt)}"
    paragraphs = [first, *map(one_of, random.sample(facts, len(facts))), one_of(ENDING)]
    return re.findall(r"\S+\s*", "\n\n".join(paragraphs))


def count(prompt: str) -> str:
    """All it understands of a prompt."""
    words = prompt.split()
    if len(words) == 1:
        return f"Your prompt is a single word, of {len(prompt)} characters."
    return f"Your prompt has {len(words)} words, and the longest is “{max(words, key=len)}”."


def one_of(variants: str) -> str:
    """One way to say it, as one line."""
    return " ".join(random.choice(variants.split("\nor\n")).split())
