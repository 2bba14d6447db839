import time

import holdfast
from fastapi import FastAPI

live = holdfast.Holdfast(backplane="memory://")  # here
app = FastAPI()


@live.stream("/clock", every=1.0)
async def clock():
    return time.time()
