from fastapi import APIRouter, FastAPI

api = APIRouter(prefix="/api")
app = FastAPI()
