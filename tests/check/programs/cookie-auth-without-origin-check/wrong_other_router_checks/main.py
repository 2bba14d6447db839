from fastapi import FastAPI
from routers import admin, chat

app = FastAPI()
app.include_router(chat.router, prefix="/chat")
app.include_router(admin.router, prefix="/admin")
