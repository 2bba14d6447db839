from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket


class RateLimiter:
    def __init__(self, times: int):
        self.times = times
        self.seen: dict[str, int] = {}

    async def __call__(self, request: Request) -> None:  # here
        host = request.client.host
        self.seen[host] = self.seen.get(host, 0) + 1


def require_key(request: Request) -> None:  # here
    if request.headers.get("x-key") != "secret":
        raise PermissionError


async def log_call(request: Request) -> None:  # here
    print(request.url)


class Paging:
    def __init__(self, request: Request, page: int = 1):  # here
        self.page = page
        self.path = request.url.path


limited = APIRouter(dependencies=[Depends(RateLimiter(5))])
keyed = APIRouter()
app = FastAPI(dependencies=[Depends(log_call)])


@limited.websocket("/limited")
async def limited_endpoint(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@keyed.websocket("/keyed")
async def keyed_endpoint(websocket: WebSocket, paging: Paging = Depends()):
    await websocket.accept()
    await websocket.send_text(str(paging.page))
    await websocket.close()


app.include_router(limited)
app.include_router(keyed, dependencies=[Depends(require_key)])
