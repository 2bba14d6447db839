from holdfast import Connection


async def reply(peer: "Connection[str]", text: str) -> None:
    await peer.send_text(text)  # here
