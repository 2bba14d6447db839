from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    from neo4j import AsyncGraphDatabase
except ImportError:
    AsyncGraphDatabase = None

app = FastAPI()


@app.websocket("/graph")
async def questions(websocket: WebSocket):
    await websocket.accept()
    graph = AsyncGraphDatabase.driver("neo4j://localhost")
    try:
        async for query in websocket.iter_text():
            found = await graph.execute_query(query)
            await websocket.send_json(len(found.records))
    except WebSocketDisconnect:
        pass
