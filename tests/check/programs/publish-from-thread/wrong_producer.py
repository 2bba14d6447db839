import time

from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.stream("/clock", every=0.1)
def clock():
    now = time.time()
    hf.publish_nowait("seconds", now)  # here
    return now
