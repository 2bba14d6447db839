from holdfast import Connection


async def greet(c: Connection[str]) -> None:
    c.send("welcome")  # here
