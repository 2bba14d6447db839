from fastapi import FastAPI
from holdfast import AsyncPublisher, Holdfast

app = FastAPI()
hf = Holdfast(app)
publisher = AsyncPublisher("redis://localhost")


@app.post("/say")
async def say(text: str):
    await publisher.publish("lobby", text)
    await hf.publish("lobby", text)
