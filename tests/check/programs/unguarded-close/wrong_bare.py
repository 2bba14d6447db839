import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Feed:
    async def serve(self, conn: WebSocket):
        await conn.accept()
        number = 0
        try:
            while True:
                number += 1
                await conn.send_text(str(number))
                await asyncio.sleep(0.02)
        except:
            await conn.close()  # here


feed = Feed()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await feed.serve(websocket)
