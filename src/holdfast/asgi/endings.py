"""What an error of a handler says about how its connection ends."""

from starlette.exceptions import HTTPException

from holdfast.asgi.connection import Closed
from holdfast.asgi.reach import sendable
from holdfast.errors import CloseCode, Disconnected, close_reason

CLOSE_CODE_OF_STATUS = {
    401: CloseCode.UNAUTHENTICATED,
    403: CloseCode.FORBIDDEN,
    404: CloseCode.BAD_REQUEST,
    408: CloseCode.STALE,
    429: CloseCode.FLOOD,
    503: CloseCode.UNAVAILABLE,
}


def says_disconnected(error: Exception) -> bool:
    """Whether it is ``Disconnected``, or a task group's word for nothing else."""
    if isinstance(error, ExceptionGroup):
        return error.split(Disconnected)[1] is None
    return isinstance(error, Disconnected)


def after_accept(error: HTTPException) -> Closed:
    """An HTTP answer is no longer possible: the close code that says the same."""
    default = CloseCode.INTERNAL if error.status_code >= 500 else CloseCode.BAD_REQUEST
    code = CLOSE_CODE_OF_STATUS.get(error.status_code, default)
    return Closed(code, close_reason(str(error.detail)))


def said_by(error: Exception) -> Closed:
    """What an exception with a close code of its own says; others have a ``code``, too."""
    code, reason = getattr(error, "code", None), getattr(error, "reason", None)
    if not isinstance(code, int) or sendable(code, "")[0] != code:
        return Closed(CloseCode.INTERNAL)
    return Closed(*sendable(code, reason if isinstance(reason, str) else ""))
