from fastapi import FastAPI

from hub import Hub
from routes import router

app = FastAPI()
app.state.hub = Hub()
app.include_router(router)
