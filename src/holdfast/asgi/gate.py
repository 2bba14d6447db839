"""The gate before every connection: Host, Origin, and the counts.

Routes of ours ask it in their first dependency (entrance.py), ``HoldfastGuard`` for any route.
"""

import logging
from collections.abc import Iterable
from typing import Any

from starlette.responses import PlainTextResponse

from holdfast.asgi.addresses import Handshake, TrustedProxies
from holdfast.asgi.admission import Admission, Pass, Refusal
from holdfast.asgi.complaints import Complaints, printable
from holdfast.asgi.hosts import Hosts, name_of, rebound
from holdfast.asgi.limits import Limits
from holdfast.asgi.origin import Origins, same_origin
from holdfast.asgi.reach import can_respond
from holdfast.errors import CloseCode, close_reason

log = logging.getLogger("holdfast")


class Gate:
    """What one ``Holdfast``, or one guard, lets in. Raises ``ConfigurationError`` for bad values.

    >>> entered = gate.enter(scope, send)
    >>> if isinstance(entered, Refusal):
    ...     await answer(entered, scope, receive, send)
    ... else:
    ...     async with entered:
    ...         await app(scope, receive, send)
    """

    def __init__(
        self,
        origins: Iterable[str] = (),
        hosts: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.proxies = TrustedProxies(trusted_proxies)
        self._origins = Origins(origins)
        self._hosts = Hosts(hosts)
        self._complaints = Complaints()
        self.admission = Admission(self.limits, self._complaints)

    def enter(self, scope: Any, send: Any) -> Pass | Refusal:
        """Look at a handshake, or a request for events, and count it; or say why not.

        What is refused has been logged. A ``Pass`` must be entered or left.
        """
        handshake = Handshake(scope, send)
        refusal = self._foreign(handshake)
        if refusal is not None:
            return refusal
        return self.admission.enter(self.proxies.client(handshake), handshake.path)

    def late(self, entered: Pass) -> Refusal:
        """Why one is refused whose handshake took too long. Logged, too."""
        seconds = self.limits.handshake
        text = (
            f"refused a connection on {entered.path}: its dependencies took more than {seconds:g} "
            "s: see what they wait for, or allow more with Limits(handshake=...)"
        )
        self._complaints.tell("late", text)
        return Refusal(503, "the handshake took too long")

    def _foreign(self, handshake: Handshake) -> Refusal | None:
        """The answer to a page or host that the program does not know."""
        host = self.proxies.host(handshake)
        origin = handshake.headers.get("origin")
        if not self._hosts.allows(host):
            return self._unknown_host(handshake, host, "it is not in hosts")
        if origin is None or self._origins.allows(origin, handshake):
            return None
        if not same_origin(origin, host):
            text = f"refused Origin {origin} on {handshake.path} (Host {host}): "
            self._complaints.tell("origin", text + f'add origins=["{origin}"]')
            return Refusal(403, f"Origin {printable(origin)} is not allowed")
        if not self._hosts and rebound(handshake, origin, host):
            why = "over loopback and without a proxy's headers, so its name may only point here"
            return self._unknown_host(handshake, host, why)
        return None

    def _unknown_host(self, handshake: Handshake, host: str, why: str) -> Refusal:
        text = f"refused Host {host} on {handshake.path} ({why}): "
        self._complaints.tell("host", text + f'add hosts=["{name_of(host)}"]')
        return Refusal(421, f"this server does not answer to {printable(host)}")


async def answer(refusal: Refusal, scope: Any, receive: Any, send: Any) -> None:
    """Answer with the refusal's status, where the server can; else with its plain 403."""
    if scope["type"] == "websocket" and not can_respond(scope):
        reason = close_reason(refusal.reason)
        await send({"type": "websocket.close", "code": CloseCode.FORBIDDEN, "reason": reason})
        return

    async def quietly(message: Any) -> None:
        await send_refusal(send, message)

    await PlainTextResponse(refusal.reason, refusal.status)(scope, receive, quietly)


async def send_refusal(send: Any, message: Any) -> None:
    """Send a part of an HTTP answer to a handshake.

    Granian raises at its body when the client is gone; a traceback for each would fill the log.
    """
    try:
        await send(message)
    except RuntimeError as error:
        if message["type"] != "websocket.http.response.body":
            raise
        log.debug("nobody took a refusal: %s", type(error).__name__)
