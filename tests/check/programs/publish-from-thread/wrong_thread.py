import threading
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI
from holdfast import Holdfast

hf = Holdfast()


def measure():
    while True:
        hf.publish_nowait("readings", {"at": time.time()})  # here
        time.sleep(1)


@asynccontextmanager
async def lifespan(app):
    threading.Thread(target=measure, daemon=True).start()
    yield


app = FastAPI(lifespan=lifespan)
hf.install(app)
