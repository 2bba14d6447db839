import asyncio

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Llm:
    async def ainvoke(self, prompt):
        await asyncio.sleep(30)
        return prompt


llm = Llm()


@hf.websocket("/chat")  # Holdfast reads on while a handler is busy
async def chat(conn: Connection[str]) -> None:
    async for prompt in conn:
        await conn.send(await llm.ainvoke(prompt))
