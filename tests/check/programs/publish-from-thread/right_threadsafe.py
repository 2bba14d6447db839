import threading

from fastapi import BackgroundTasks, FastAPI
from holdfast import Holdfast, Publisher

app = FastAPI()
hf = Holdfast(app)
publisher = Publisher("redis://localhost")


@app.post("/ship")
def ship(id: int):
    hf.publish_threadsafe(f"orders.{id}", "shipped")


def job(text: str):
    publisher.publish("jobs", text)


async def async_job(text: str):
    await hf.publish("jobs", text)


@app.post("/later")
def later(text: str, background: BackgroundTasks):
    background.add_task(job, text)
    background.add_task(async_job, text)
    threading.Thread(target=job, args=(text,)).start()
