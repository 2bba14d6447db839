from fastapi import FastAPI
from holdfast import Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.post("/orders/{id}/ship")
async def ship(id: int):
    hf.publish(  # here
        f"orders.{id}",
        {"state": "shipped"},
    )


@app.post("/maintenance")
async def maintenance():
    hf.broadcast("back in a minute")  # here
    hf.disconnect(user="ada")  # here
