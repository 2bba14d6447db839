from fastapi import FastAPI
from routers import generic, special

app = FastAPI()
app.include_router(generic.router)
app.include_router(special.router, prefix="/ws")
