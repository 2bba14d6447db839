from fastapi import FastAPI
from holdfast import Publisher

app = FastAPI()
publisher = Publisher("redis://localhost")


@app.post("/ship")
async def ship(id: int):
    publisher.publish(f"orders.{id}", "shipped")  # here
