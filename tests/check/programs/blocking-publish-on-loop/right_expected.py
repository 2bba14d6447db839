import asyncio

import pytest
from fastapi import FastAPI
from holdfast import Holdfast
from holdfast.errors import WrongThread

app = FastAPI()
hf = Holdfast(app)


async def test_it_refuses() -> None:
    with pytest.raises(WrongThread):
        hf.publish_threadsafe("lobby", "hello")
    await asyncio.to_thread(hf.publish_threadsafe, "lobby", "hello")
