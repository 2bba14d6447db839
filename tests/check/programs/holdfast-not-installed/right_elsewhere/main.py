from fastapi import FastAPI
from realtime import hf

app = FastAPI()
hf.install(app)
