from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, Request, Response, WebSocket


def get_user(request: Request) -> str:
    return request.headers.get("x-user", "nobody")


def no_store(response: Response) -> None:
    response.headers["cache-control"] = "no-store"


def user_of(connection: WebSocket | Request) -> str:
    """No dependency: called by hand."""
    return connection.headers.get("x-user", "nobody")


pages = APIRouter(dependencies=[Depends(get_user), Depends(no_store)])
live = APIRouter()
app = FastAPI()


@pages.get("/me")
def me(request: Request, response: Response, user=Depends(get_user)):
    response.headers["x-user"] = user
    return str(request.url)


@pages.post("/mail")
def mail(background: BackgroundTasks):
    background.add_task(print, "mail")


@live.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text(user_of(websocket))
    await websocket.close()


@app.exception_handler(KeyError)
async def on_error(request: Request, error: KeyError):
    return Response(str(error), 404)


@app.middleware("http")
async def timing(request: Request, call_next):
    return await call_next(request)


app.include_router(pages)
app.include_router(live, dependencies=[Depends(lambda: None)])
