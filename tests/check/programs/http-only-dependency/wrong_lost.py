# Nothing fails here: the cookie is never set, and the mail is never sent.
from fastapi import BackgroundTasks, Depends, FastAPI, Response, WebSocket

app = FastAPI()
sent: list[str] = []


def remember(response: Response) -> str:  # here
    response.set_cookie("visit", "1")
    return "remembered"


@app.websocket("/cookie")
async def cookie(websocket: WebSocket, text: str = Depends(remember)):
    await websocket.accept()
    await websocket.send_text(text)
    await websocket.close()


@app.websocket("/mail")
async def mail(websocket: WebSocket, tasks: BackgroundTasks):  # here
    await websocket.accept()
    tasks.add_task(sent.append, "mail")
    await websocket.close()
