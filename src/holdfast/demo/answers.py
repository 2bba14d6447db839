"""Answers that come word by word, to any number of viewers; they can be stopped, and resumed."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, StringConstraints

from holdfast.demo.live import hf
from holdfast.demo.model import words_about

KEPT = 12  # answers; the oldest goes when one more is asked for
PACE = 0.04  # seconds between two words
ANSWERS = "answers"  # the channel that says what is kept, and how far it is

router = APIRouter()

hf.channel(ANSWERS, overflow="latest", flush_interval=0.1)


class Answer:
    """A prompt, the words said so far, and those that will follow."""

    def __init__(self, prompt: str) -> None:
        self.id = secrets.token_urlsafe(8)
        self.prompt = prompt
        self.said = ""
        self.viewers = 0
        self.going = asyncio.Event()
        self.going.set()
        self.rest = deque(words_about(prompt))

    @property
    def state(self) -> str:
        """``waiting`` is for somebody who watches: without viewers nothing runs."""
        if not self.rest:
            return "done"
        if not self.going.is_set():
            return "stopped"
        return "writing" if self.viewers else "waiting"

    def advance(self) -> str:
        """Say the next word."""
        word = self.rest.popleft()
        self.said += word
        return word

    def summary(self) -> dict[str, Any]:
        """What the list of answers tells of it."""
        return {
            "id": self.id,
            "prompt": self.prompt,
            "state": self.state,
            "viewers": self.viewers,
            "length": len(self.said),
        }


answers: dict[str, Answer] = {}


def announce() -> None:
    """Tell every page what is kept, the latest first."""
    latest = [answer.summary() for answer in reversed(answers.values())]
    hf.publish_nowait(ANSWERS, {"kind": "answers", "answers": latest})


# -- the stream --------------------------------------------------------------------------------


def known(answer_id: str) -> Answer:
    """The answer of that id, or a 404."""
    if answer_id not in answers:
        raise HTTPException(404, "this answer is no longer kept")
    return answers[answer_id]


Known = Annotated[Answer, Depends(known)]


async def watched(answer: Known) -> AsyncIterator[None]:
    """Count a viewer for as long as it watches."""
    answer.viewers += 1
    announce()
    try:
        yield
    finally:
        answer.viewers -= 1
        announce()


@hf.stream(
    "/ws/answers/{answer_id}",
    append=True,
    linger=1,
    keep=1,
    dependencies=[Depends(watched)],
    adopt=False,  # else the dependency would end as soon as somebody has begun to watch
)
async def tokens(answer_id: str) -> AsyncIterator[str]:
    """Run once for all viewers; the next run goes on where one without viewers was ended."""
    answer = known(answer_id)
    if answer.said:
        yield answer.said
    while answer.rest:
        await asyncio.sleep(PACE)
        await answer.going.wait()
        yield answer.advance()
    announce()


# -- asking for one ----------------------------------------------------------------------------


class Prompt(BaseModel):
    """What to write about."""

    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


@router.post("/answers", status_code=201)
async def ask(question: Prompt) -> dict[str, str]:
    """Take a prompt; the answer begins when the first viewer comes."""
    while len(answers) >= KEPT:
        answers.pop(next(iter(answers))).going.set()  # its viewers shall not wait for ever
    answer = Answer(question.prompt)
    answers[answer.id] = answer
    announce()
    return {"id": answer.id}


@router.post("/answers/{answer_id}/stop", status_code=204)
async def stop(answer: Known) -> None:
    """Hold the answer after the word that is on its way; its viewers stay."""
    answer.going.clear()
    announce()


@router.post("/answers/{answer_id}/resume", status_code=204)
async def resume(answer: Known) -> None:
    """Let it go on with the next word."""
    answer.going.set()
    announce()
