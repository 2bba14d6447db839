"""What an error of a handler says about how its connection ends."""

from starlette.exceptions import HTTPException

from holdfast.asgi.connection import Closed
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
