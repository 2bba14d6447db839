class Limits:
    async def kick(self, conn, why):
        await conn.send_json({"error": why})
        await conn.close(code=4000, reason=why)


limits = Limits()
