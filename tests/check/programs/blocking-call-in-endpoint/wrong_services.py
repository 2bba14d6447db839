from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import boto3
    from google import genai
    from langchain_openai import ChatOpenAI
    from sqlalchemy import create_engine, text
    from supabase import create_client
except ImportError:
    boto3 = genai = ChatOpenAI = create_engine = text = create_client = None

app = FastAPI()


@app.websocket("/services")
async def services(websocket: WebSocket):
    await websocket.accept()
    table = boto3.resource("dynamodb").Table("notes")
    bucket = boto3.client("s3")
    model, chat = genai.Client(), ChatOpenAI()
    engine, rows = create_engine("sqlite://"), create_client("url", "key")
    try:
        async for note in websocket.iter_text():
            table.put_item(Item={"text": note})  # here
            rows.table("notes").insert({"text": note}).execute()  # here
            with engine.begin() as connection:
                connection.execute(text("select 1"))  # here
            await websocket.send_text(chat.invoke(note).content)  # here
            answer = model.models.generate_content(model="m", contents=note)  # here
            await websocket.send_text(answer.text)
            await websocket.send_text(bucket.generate_presigned_url("get_object"))
    except WebSocketDisconnect:
        pass
