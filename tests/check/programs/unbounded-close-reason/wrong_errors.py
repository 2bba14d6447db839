import json

from fastapi import APIRouter, FastAPI, WebSocket
from pydantic import BaseModel, ValidationError

router = APIRouter()


class Login(BaseModel):
    name: str
    password: str


class Refused(Exception):
    def __init__(self, detail: str) -> None:
        self.detail = detail


async def check(login: Login) -> None:
    raise Refused(f"{login.name} may not enter")


@router.websocket("/login")
async def login(conn: WebSocket):
    await conn.accept()
    try:
        await check(Login(**await conn.receive_json()))
    except ValidationError as exc:
        await conn.close(code=1003, reason=json.dumps(exc.errors()))  # here
    except Refused as exc:
        await conn.close(code=4403, reason=f"refused: {exc.detail}")  # here
    else:
        await conn.close()


app = FastAPI()
app.include_router(router)
