"""A language model's answer, token by token, to any number of viewers; it can be stopped, resumed.

Shows a text stream. One generator serves all viewers of an answer. Who comes late, reloads the page
or falls behind gets the text so far in one message, and then the rest as it comes. ``linger`` keeps
the answer going while a lone viewer reconnects; ``keep`` holds a finished one for late viewers.

    uvicorn examples.token_stream:app
    curl -H "Content-Type: application/json" -d '{"prompt": "Hi"}' http://127.0.0.1:8000/answers
    curl -N -H "Accept: text/event-stream" http://127.0.0.1:8000/ws/answers/THE_ID
    curl -X POST http://127.0.0.1:8000/answers/THE_ID/stop       # and later .../resume
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


class Prompt(BaseModel):
    prompt: str


class Answer:
    """What is known of an answer: its prompt, and whether it may go on."""

    def __init__(self, prompt: str) -> None:
        self.prompt = prompt
        self.going = asyncio.Event()
        self.going.set()


answers: dict[str, Answer] = {}  # in earnest: a table, whose old rows are deleted


def known(answer_id: str) -> Answer:
    """The answer of that id, or a 404."""
    if answer_id not in answers:
        raise HTTPException(404, "no such answer")
    return answers[answer_id]


async def model(prompt: str) -> AsyncIterator[str]:
    """Stands for a language model: it has a word to say every twentieth of a second."""
    for word in f"You asked: {prompt}. Here is what I think of it, in many words.".split():
        await asyncio.sleep(0.05)
        yield word + " "


@app.post("/answers")
async def ask(question: Prompt) -> dict[str, str]:
    """Take a prompt; the answer begins when the first viewer comes."""
    answer_id = secrets.token_urlsafe(8)
    answers[answer_id] = Answer(question.prompt)
    return {"id": answer_id}


@hf.stream(
    "/ws/answers/{answer_id}", append=True, linger=30, keep=300, dependencies=[Depends(known)]
)
async def tokens(answer_id: str) -> AsyncIterator[str]:
    """Run once for all viewers of this answer."""
    answer = known(answer_id)
    async for token in model(answer.prompt):
        await answer.going.wait()
        yield token


@app.post("/answers/{answer_id}/stop", status_code=204)
async def stop(answer: Annotated[Answer, Depends(known)]) -> None:
    """Hold the answer after the token that is on its way; its viewers stay."""
    answer.going.clear()


@app.post("/answers/{answer_id}/resume", status_code=204)
async def resume(answer: Annotated[Answer, Depends(known)]) -> None:
    """Let it go on where it was stopped."""
    answer.going.set()
