from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/ship")
def ship(id: int):
    position = hf.publish_threadsafe(f"orders.{id}", "shipped")
    return {"offset": position.offset}
