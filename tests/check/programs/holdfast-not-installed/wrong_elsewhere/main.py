from chat import hf
from fastapi import FastAPI

app = FastAPI()


@app.post("/say")
async def say(text: str):
    await hf.publish("lobby", text)
