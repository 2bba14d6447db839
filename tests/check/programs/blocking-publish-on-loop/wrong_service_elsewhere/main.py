from fastapi import FastAPI
from realtime import hf

app = FastAPI()
hf.install(app)


@app.post("/say")
async def say(text: str):
    position = hf.publish_threadsafe("lobby", text)  # here
    return {"offset": position.offset}
