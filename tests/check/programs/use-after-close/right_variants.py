"""More ways to write it."""

from fastapi import WebSocket as Socket
from websockets.exceptions import ConnectionClosed
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
import itertools
import asyncio
import json
from fastapi import APIRouter, Depends, FastAPI, HTTPException, WebSocket, WebSocketException
from contextlib import suppress
from starlette.websockets import WebSocketDisconnect, WebSocketState

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
        await websocket.send_json(data)
        await websocket.close()
    except WebSocketDisconnect:
        pass
    except Exception as e:
        await websocket.send_json({"error": str(e)})
        await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
        if not data:
            await websocket.close(1003)
            return
        await websocket.send_json(data)
    except WebSocketDisconnect:
        return
    finally:
        print("x")
    await websocket.close()


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    await websocket.accept()
    closing = False
    while not closing:
        text = await websocket.receive_text()
        if text == "bye":
            await websocket.close()
            closing = True


@app.websocket("/4")
async def case_4(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            if text == "bye":
                await websocket.close()
                break
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
    finally:
        if websocket.client_state != WebSocketState.DISCONNECTED:
            await websocket.close()


class M5:
    def __init__(self):
        self.active = {}

    async def connect(self, ws: WebSocket, key):
        await ws.accept()
        old = self.active.get(key)
        if old:
            await old.close(4009)
        self.active[key] = ws

    async def kick(self, key):
        ws = self.active.pop(key, None)
        if ws:
            await ws.close()


m_5 = M5()


@app.websocket("/5")
async def case_5(websocket: WebSocket, key: str):
    await m_5.connect(websocket, key)
    try:
        async for t in websocket.iter_text():
            if t == "kick":
                await m_5.kick("other")
            await websocket.send_text(t)
    finally:
        m_5.active.pop(key, None)


@app.websocket("/6")
async def case_6(websocket: WebSocket):
    await websocket.accept()
    try:
        data = await websocket.receive_json()
    except WebSocketDisconnect:
        return
    except ValueError:
        await websocket.close(1003)
    else:
        await websocket.send_text("x")
        await websocket.close()


@app.websocket("/7")
async def case_7(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            try:
                data = await websocket.receive_json()
                await websocket.send_json(data)
            except ValueError:
                await websocket.close(1003)
                raise
    except WebSocketDisconnect:
        pass


@app.websocket("/8")
async def case_8(websocket: WebSocket):
    await websocket.accept()
    try:
        await websocket.receive_text()
    except WebSocketDisconnect:
        try:
            await websocket.close()
        except Exception:
            pass
        return
    await websocket.close()


async def shut_9(ws):
    await ws.close()


@app.websocket("/9")
async def case_9(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        await shut_9(websocket)


@app.websocket("/10")
async def case_10(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except (WebSocketDisconnect, RuntimeError):
        await websocket.close(1000)


@app.websocket("/11")
async def case_11(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as e:
        if e.code != 1000:
            await websocket.close(1000)


@app.websocket("/12")
async def case_12(websocket: WebSocket):
    await websocket.accept()
    is_open = True
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect as e:
        is_open = False
    except ValueError:
        await websocket.send_text("x")
    finally:
        if is_open:
            await websocket.close(1000)


@app.websocket("/13")
async def case_13(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except Exception:
        with suppress(Exception):
            await websocket.send_text("x")
            await websocket.close(1000)


@app.websocket("/14")
async def case_14(websocket: WebSocket):
    await websocket.accept()
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(websocket.receive_text())
            tg.create_task(asyncio.sleep(1))
    finally:
        await websocket.close()


@app.websocket("/15")
async def case_15(websocket: WebSocket):
    await websocket.accept()
    try:
        await asyncio.sleep(3)
        x = json.loads("x")
    finally:
        await websocket.close()


async def run_16(ws):
    while True:
        await ws.send_text("x")
        await asyncio.sleep(1)


@app.websocket("/16")
async def case_16(websocket: WebSocket):
    await websocket.accept()
    task = asyncio.create_task(run_16(websocket))
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        task.cancel()
        await websocket.close()


class Server17:
    def __init__(self, app: FastAPI):
        app.add_api_websocket_route("/17", self.handle)
        self.sockets = set()

    async def handle(self, websocket: WebSocket):
        await self.open(websocket)
        try:
            async for x in websocket.iter_text():
                await websocket.send_text(x)
        finally:
            await self.shut(websocket)

    async def open(self, websocket):
        await websocket.accept()
        self.sockets.add(websocket)

    async def shut(self, websocket):
        self.sockets.discard(websocket)
        await websocket.close()


Server17(app)


@app.websocket("/18")
async def case_18(ws: WebSocket):
    try:
        await ws.accept()
        while True:
            msg = await ws.receive_json()
            if msg["op"] == "stop":
                await ws.close()
                return
            await ws.send_json(msg)
    except WebSocketDisconnect:
        pass
    except Exception:
        await ws.close(code=1011)


@app.websocket("/19")
async def case_19(ws: WebSocket):
    await ws.accept()
    try:
        async with asyncio.timeout(10):
            token = await ws.receive_text()
    except TimeoutError:
        await ws.close(4408)
        return
    except WebSocketDisconnect:
        return
    if token != "x":
        await ws.close(4401)
        return
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass


@app.websocket("/20")
async def case_20(ws: WebSocket):
    await ws.accept()
    authed = False
    while True:
        try:
            msg = await ws.receive_json()
        except WebSocketDisconnect:
            break
        except ValueError:
            await ws.send_json({"error": "json"})
            continue
        if not authed:
            if msg.get("token") != "x":
                await ws.close(4401)
                break
            authed = True
            continue
        await ws.send_json(msg)


@app.websocket("/21")
async def case_21(ws: WebSocket):
    await ws.accept()

    async def receiver():
        while True:
            await ws.receive_text()

    async def sender():
        while True:
            await ws.send_text("x")
            await asyncio.sleep(1)

    tasks = [asyncio.create_task(receiver()), asyncio.create_task(sender())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for t in pending:
        t.cancel()
    for t in done:
        if not isinstance(t.exception(), WebSocketDisconnect):
            await ws.close(1011)


@app.websocket("/22")
async def case_22(ws: WebSocket, room: str = "x"):
    if room not in ("x", "y"):
        await ws.accept()
        await ws.send_json({"error": "room"})
        await ws.close(4404)
        return
    await ws.accept()
    try:
        await ws.send_json({"ok": 1})
        async for m in ws.iter_json():
            await ws.send_json(m)
    except (RuntimeError, WebSocketDisconnect):
        pass


@app.websocket("/23")
async def case_23(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        if ws.application_state == WebSocketState.CONNECTED:
            await ws.close()


@app.websocket("/24")
async def case_24(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await ws.receive_text()
    finally:
        try:
            await ws.close()
        except RuntimeError:
            pass


@app.websocket("/25")
async def case_25(ws: WebSocket):
    user = ws.session.get("user") if "session" in ws.scope else None
    if user is None:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION, reason="login")
    await ws.accept()
    if user == "x":
        raise WebSocketException(code=4000)
    await ws.send_text("x")
    await ws.close(code=status.WS_1000_NORMAL_CLOSURE)


@app.websocket("/26")
async def case_26(ws: WebSocket):
    await ws.accept()
    gen = iter(range(3))
    while True:
        try:
            item = next(gen)
        except StopIteration:
            break
        await ws.send_text(str(item))


@app.websocket("/27")
async def case_27(ws: WebSocket):
    await ws.accept()
    for _ in range(10):
        await ws.send_text("x")
    else:
        await ws.close()


@app.websocket("/28")
async def case_28(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text("x")
    except WebSocketDisconnect:
        print("gone")
    else:
        print("sent")


@app.websocket("/29")
async def case_29(ws: WebSocket):
    await ws.accept()
    try:
        await ws.send_text("x")
    finally:
        print("sent")


@app.websocket("/30")
async def case_30(ws: WebSocket):
    await ws.accept()
    if ws.headers.get("x") != "y":
        await ws.send_text("no")
        await ws.close()
    else:
        while True:
            await ws.send_text(await ws.receive_text())


@app.websocket("/31")
async def case_31(ws: WebSocket):
    await ws.accept()
    while ws.client_state == WebSocketState.CONNECTED:
        text = await ws.receive_text()
        if text == "bye":
            await ws.close()
            break


async def reject_32(ws: WebSocket, code: int):
    await ws.accept()
    await ws.close(code)


@app.websocket("/32")
async def case_32(ws: WebSocket, token: str = ""):
    if not token:
        return await reject_32(ws, 4401)
    await ws.accept()
    await ws.send_text("x")
    await ws.close()


@app.websocket("/33")
async def case_33(ws: WebSocket, token: str = ""):
    await ws.accept()
    try:
        while True:
            data = await ws.receive_json()
            await ws.send_json(data)
    except WebSocketDisconnect:
        pass
    except json.JSONDecodeError:
        await ws.send_json({"error": "json"})


rooms_34 = {}


@app.websocket("/34")
async def case_34(ws: WebSocket, room: str):
    await ws.accept()
    try:
        people = rooms[room]
    except KeyError:
        raise HTTPException(404, "no such room")
    await ws.send_json(people)
    await ws.close()


@app.websocket("/35")
async def case_35(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            await ws.send_json(await ws.receive_json())
    except ConnectionClosedOK:
        pass
    except ConnectionClosedError:
        print("lost")


class Client36:
    def __init__(self, ws: WebSocket):
        self.ws = ws

    def is_open(self):
        return bool(self.ws.client_state.CONNECTED)


async def words_37(text):
    for word in text.split():
        yield word


@app.websocket("/37")
async def case_37(ws: WebSocket):
    await ws.accept()
    async for word in words_37("one two"):
        await ws.send_text(word)
    await ws.send_text("that was all")


async def ticks_38():
    while True:
        await asyncio.sleep(1)
        yield 1


@app.websocket("/38")
async def case_38(ws: WebSocket):
    await ws.accept()
    try:
        async for tick in ticks_38():
            await ws.send_json(tick)
    except WebSocketDisconnect:
        return


@app.websocket("/39")
async def case_39(ws: WebSocket):
    await ws.accept()
    while True:
        match ws.client_state:
            case WebSocketState.DISCONNECTED:
                break
            case _:
                await ws.receive()


@app.websocket("/40")
async def case_40(ws: WebSocket):
    await ws.accept()
    while True:
        match await ws.receive():
            case {"type": "websocket.disconnect"}:
                return
            case {"text": str(text)}:
                await ws.send_text(text)


@app.websocket("/41")
async def case_41(ws: WebSocket):
    await ws.accept()
    going = True
    while going:
        kind = (await ws.receive())["type"]
        going = not kind.endswith("disconnect")


@app.websocket("/42")
async def case_42(ws: WebSocket):
    await ws.send({"type": "websocket.accept"})
    await ws.send_text("x")
    await ws.send({"type": "websocket.close", "code": 1000})


@app.websocket("/43")
async def case_43(ws: Socket, data: str = ""):
    await ws.accept()
    parts = await settings(ws)
    if parts[0] is None:
        return
    await ws.send_text(parts[0])
    await ws.close()


async def settings(ws):
    try:
        return json.loads(await ws.receive_text()), 1
    except ValueError:
        await ws.send_text("bad")
        await ws.close()
        return None, None


class Player:
    def __init__(self, socket: WebSocket):
        self.socket = socket
        self.opponent: "Player" = None


players = {}


async def kick(player: Player):
    opponent = player.opponent
    if opponent:
        await opponent.socket.close()


@app.websocket("/a/{name}")
async def case_44(ws: WebSocket, name: str):
    await ws.accept()
    player = players[name] = Player(ws)
    async for text in ws.iter_text():
        if text == "kick":
            await kick(player)
        await ws.send_text(text)


def login_45(ws: WebSocket): ...
@app.websocket("/45")
def case_45(ws: WebSocket):
    ws.accept()
    ws.send_text("x")


@app.websocket("/46")
async def case_46(ws: WebSocket):
    await ws.accept()
    with suppress(Exception):
        while True:
            await ws.send_text(await ws.receive_text())


@app.websocket("/47")
async def case_47(ws: WebSocket):
    await ws.accept()
    with suppress(Exception):
        await ws.send_text("x")


@app.websocket("/48")
async def case_48(ws: WebSocket):
    await ws.accept()
    await ws.send_text("x")
    await ws.receive()


async def load_49(name):
    return open(name).read()


@app.websocket("/49")
async def case_49(ws: WebSocket, name: str):
    await ws.accept()
    try:
        text = await load_49(name)
    except Exception:
        await ws.send_text("there is no such file")
        return
    await ws.send_text(text)
    await ws.close()


class Gone50(Exception): ...


@app.websocket("/50")
async def case_50(ws: WebSocket):
    await ws.accept()

    async def read():
        async for _ in ws.iter_text():
            pass
        raise Gone50

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
    except* (Gone50, WebSocketDisconnect):
        pass


@app.websocket("/51")
async def case_51(ws: WebSocket):
    await ws.accept()
    for number in itertools.count():
        await ws.send_json(number)
        await asyncio.sleep(1)


@app.websocket("/52")
async def case_52(ws: WebSocket):
    await ws.accept()
    with suppress(ConnectionClosed):
        while True:
            await ws.send_text(await ws.receive_text())


@app.websocket("/53")
async def case_53(ws: WebSocket):
    await ws.accept()
    with suppress(ConnectionClosed, WebSocketDisconnect):
        while True:
            await ws.send_text(await ws.receive_text())


class Auth54:
    def __init__(self, key):
        self.key = key

    async def __call__(self, websocket: WebSocket):
        if websocket.query_params.get("k") != self.key:
            await websocket.close(code=4401)
            raise WebSocketException(4401)


auth_54 = Auth54("x")


@app.websocket("/54")
async def case_54(ws: WebSocket, _=Depends(auth_54)):
    await ws.accept()
    await ws.close()


async def one_55(websocket: WebSocket):
    await websocket.accept()
    return websocket


async def two_55(ws: WebSocket = Depends(one_55)):
    return ws


@app.websocket("/55")
async def case_55(ws: WebSocket, x=Depends(two_55)):
    await ws.send_text("x")
    await ws.close()


router_56 = APIRouter(dependencies=[Depends(lambda: 1)])


async def opens_56(websocket: WebSocket):
    await websocket.accept()


other_56 = APIRouter(dependencies=[Depends(opens_56)])


@other_56.websocket("/56")
async def case_56(ws: WebSocket):
    await ws.send_text("x")
    await ws.close()
