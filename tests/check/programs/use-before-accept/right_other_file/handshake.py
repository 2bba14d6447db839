async def open_socket(conn, subprotocol=None):
    """Every socket of this application is opened here."""
    if subprotocol in (conn.scope.get("subprotocols") or []):
        await conn.accept(subprotocol=subprotocol)
    else:
        await conn.accept()
    return conn
