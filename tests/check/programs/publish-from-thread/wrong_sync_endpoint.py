from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
def ship(id: int):
    hf.publish_nowait(f"orders.{id}", {"state": "shipped"})  # here
    return {"ok": True}
