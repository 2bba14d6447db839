"""Calls that block the thread, and the functions in which they block the event loop."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Function, Library, Made, Socket, inference
from holdfast.check.code.module import FunctionNode, Module, own_nodes, parameters
from holdfast.check.facts.dependencies import of_parameters
from holdfast.check.facts.ours import handlers
from holdfast.check.facts.routes import endpoints, is_websocket_endpoint
from holdfast.check.facts.sockets import given, operation

VERBS = "get|post|put|patch|delete|head|options|request"
DATABASE = "execute|executemany|commit|fetchone|fetchall|fetchmany"
SESSION = (
    "query|execute|scalar|scalars|exec|get|commit|flush|refresh|merge|rollback|bulk_save_objects"
    "|bulk_insert_mappings"
)
SESSIONS = {"db", "session", "db_session", "database"}
FETCHES = {"first", "all", "one", "one_or_none", "scalar", "count", "get"}
COLLECTION = (
    "find|find_one|insert_one|insert_many|update_one|update_many|delete_one|delete_many|aggregate"
    "|count_documents|replace_one"
)
# The full names of what blocks, of packages that are much used beside WebSockets.
BLOCKING = re.compile(
    "|".join(
        (
            r"time\.sleep|os\.(?:system|wait|waitpid)|input",
            r"subprocess\.(?:run|call|check_call|check_output|getoutput|getstatusoutput)",
            r"subprocess\.Popen\.(?:wait|communicate)",
            r"urllib\.request\.(?:urlopen|urlretrieve)",
            rf"requests\.(?:{VERBS})|requests\.(?:sessions\.)?[sS]ession\.(?:{VERBS}|send)",
            rf"httpx\.(?:{VERBS}|stream)|httpx\.Client\.(?:{VERBS}|stream|send)",
            rf"urllib3\.PoolManager\.(?:{VERBS}|urlopen)",
            r"socket\.create_connection|socket\.gethostbyname|smtplib\.SMTP(?:_SSL)?",
            r"queue\.(?:Simple|Lifo|Priority)?Queue\.(?:get|join)|multiprocessing\.Queue\.get",
            r"threading\.(?:Event|Condition)\.wait|threading\.Thread\.join",
            r"concurrent\.futures\.\w+Executor\.submit\.result",
            r"asyncio\.run_coroutine_threadsafe\.result",
            r"redis\.(?:Strict)?Redis(?:\.from_url)?\.(?!pubsub$|pipeline$|from_url$|close$|Redis$)\w+",
            r"redis\.from_url\.(?!pubsub$|pipeline$|close$)\w+",
            (
                r"redis\.(?:(?:Strict)?Redis(?:\.from_url)?|from_url)\.pubsub\."
                r"(?:get_message|listen|subscribe|psubscribe|unsubscribe)"
            ),
            (
                rf"(?:psycopg2|psycopg|pymysql|MySQLdb|mysql\.connector)\.connect(?:\.cursor)?"
                rf"(?:\.(?:{DATABASE}))?"
            ),
            rf"(?:psycopg2|mysql\.connector)\.pool\w*\.\w+\.get\w+(?:\.cursor)?\.(?:{DATABASE})",
            rf"sqlite3\.connect(?:\.cursor)?\.(?:{DATABASE})",
            (
                r"sqlalchemy\.(?:orm\.)?(?:session\.)?(?:Session|sessionmaker\.__call__|scoped_session"
                rf"\.__call__)\.(?:{SESSION})"
            ),
            rf"[\w.]*\bSessionLocal\.(?:{SESSION})",  # by the name of all tutorials
            rf"sqlmodel\.(?:orm\.session\.)?Session\.(?:{SESSION})",
            r"sqlalchemy\.create_engine\.(?:connect|begin)\.(?:execute|commit)",
            r"kafka\.KafkaConsumer\.poll|confluent_kafka\.Consumer\.(?:poll|consume)",
            r"cv2\.VideoCapture\.(?:read|grab)|cv2\.waitKey",
            r"paramiko\.(?:client\.)?(?:SSHClient|Transport)\.(?:connect|exec_command|open_sftp)",
            r"paramiko\.(?:client\.)?SSHClient(?:\.\w+)*\.(?:invoke_shell|open_session)\.recv",
            r"serial\.Serial\.(?:read|readline|read_until)|pyaudio\.PyAudio\.open\.(?:read|write)",
            r"zmq\.Context(?:\.\w+)*\.(?:recv\w*|poll)|websocket\.create_connection(?:\.recv)?",
            r"socket\.socket\.(?:recv|recvfrom|accept|connect|sendall)",
            r"subprocess\.Popen\.(?:stdout|stderr)\.(?:read|readline|readlines)",
            r"yfinance\.(?:download|Ticker\.history)|ccxt\.\w+\.fetch_\w+|feedparser\.parse",
            r"pika\.BlockingConnection\.channel\.(?:start_consuming|basic_get)",
            r"elasticsearch\.Elasticsearch\.(?:search|index|get)|pandas\.read_sql\w*",
            r"boto3\.client\.(?!generate_|get_paginator|get_waiter|close|exceptions|meta)\w+",
            r"boto3\.resource(?:\.\w+)+\.(?:\w+_item|query|scan|upload_\w+|download_\w+|send_\w+)",
            rf"pymongo\.MongoClient(?:\.\w+)*\.(?:{COLLECTION})",
            r"openai\.(?:Azure)?OpenAI\.(?:\w+\.)+(?:create|parse|generate|edit|stream)",
            r"openai\.(?:\w+\.)+create|groq\.Groq\.(?:\w+\.)+create",
            r"anthropic\.Anthropic\.(?:\w+\.)+(?:create|stream)|litellm\.completion",
            r"google\.generativeai\.GenerativeModel\.(?:generate_content|start_chat\.send_message)",
            r"google\.genai\.Client\.(?:models|chats)(?:\.\w+)*\.(?:generate_\w+|send_message\w*)",
            r"langchain\w*\.(?:\w+\.)*\w+\.(?:invoke|batch|predict)|transformers\.pipeline\.__call__",
            r"speech_recognition\.Recognizer\.(?:recognize_\w+|listen)|pyttsx3\.init\.runAndWait",
            r"supabase\.create_client(?:\.\w+)*\.execute|twilio\.rest\.Client(?:\.\w+)*\.create",
            r"paho\.mqtt\.(?:publish|subscribe)\.(?:single|multiple|simple)|yt_dlp\.YoutubeDL\.\w+",
            r"ollama\.(?:chat|generate|Client\.(?:chat|generate))",
            r"whisper\.load_model\.transcribe|replicate\.run",
        )
    )
)
# Not part of them: `openai.AsyncOpenAI().chat.completions.create`, which gives a coroutine.
NEVER = re.compile(r"redis\.asyncio|Async|\.aio\.|aioredis")
PSUTIL = {"psutil.cpu_percent", "psutil.cpu_times_percent"}
# What a program says that asks a channel first, or lets it give up.
WITHOUT_WAIT = re.compile(r"\b(?:recv_ready|setblocking|settimeout)\b")
CONSUMERS = {"kafka.KafkaConsumer"}
# How far is looked, and how much of it a helper takes: what is further away is too seldom called.
DEPTH = 5
NEAR, FAR = 1, 3


class Blocking(NamedTuple):
    """A call that blocks, in the file that was asked about, and what it is that does.

    `files` are those between, if it is a helper that does.
    """

    call: ast.AST
    name: str
    files: tuple[str, ...] = ()


def blocking_calls(module: Module) -> list[Blocking]:
    """Give the calls of a file that block while a WebSocket is served."""
    if "blocking" not in module.notes:
        found: dict[ast.AST, Blocking] = {}
        module.notes["blocking"] = []  # two files that ask for each other's
        for function in roots(module):
            for one in blocked(Function(module, function), DEPTH):
                found.setdefault(one.call, one)
        module.notes["blocking"] = list(found.values())
    kept: list[Blocking] = module.notes["blocking"]
    return kept


def roots(module: Module) -> list[FunctionNode]:
    """Give the coroutines of a file that serve a WebSocket, or are made to."""
    if "loop_roots" not in module.notes:
        module.notes["loop_roots"] = list(dict.fromkeys(found_roots(module)))
        module.notes["loop_roots"] += list(leading(module))
    found: list[FunctionNode] = module.notes["loop_roots"]
    return found


def leading(module: Module) -> list[FunctionNode]:
    """Give the other coroutines that call one of these: a ticker that broadcasts, say."""
    known = set(module.notes["loop_roots"])
    if not known and not module.uses_framework:
        return []
    functions = [one for one in module.every(ast.AsyncFunctionDef) if one not in known]
    return [one for one in functions if calls_root(one, known, module)]


def calls_root(function: FunctionNode, known: set[FunctionNode], module: Module) -> bool:
    """Tell whether a coroutine awaits what is done with WebSockets."""
    for node in own_nodes(function):
        if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            helper = callee(node.value, module)
            if helper is None:
                continue
            if helper.node in known:
                return True
            if helper.module is not module and is_own_matter(helper):
                return True
    return False


def found_roots(module: Module) -> Iterator[FunctionNode]:
    """Look for endpoints, their dependencies, handlers of Holdfast, and uses of a WebSocket."""
    served = [one.function for one in endpoints(module)]
    served += [one.function for one in handlers(module)]
    for node in module.every(ast.ClassDef):
        if is_websocket_endpoint(node, module):
            served += [one for one in node.body if isinstance(one, ast.AsyncFunctionDef)]
    for function in served:
        yield from coroutines([function])
        below = of_parameters(Function(module, function))
        yield from coroutines([one.function.node for one in below if one.function.module is module])
    for function in module.every(ast.AsyncFunctionDef):
        if takes_socket(function, module):
            yield function
    for call in module.every(ast.Call):
        if operation(call, module):
            around = module.function_of(call)
            yield from coroutines([around] if around else [])


def coroutines(functions: list[FunctionNode]) -> Iterator[FunctionNode]:
    """Leave out what is no coroutine: it runs in a thread, or not at all."""
    yield from (one for one in functions if isinstance(one, ast.AsyncFunctionDef))


def takes_socket(function: FunctionNode, module: Module) -> bool:
    """Tell whether a parameter is annotated as a WebSocket."""
    infer = inference(module)
    notes = (one.annotation for one, _ in parameters(function) if one.annotation)
    likely = (one for one in notes if "ocket" in ast.unparse(one))
    return any(isinstance(infer.annotation(one, module), Socket) for one in likely)


def blocked(function: Function, depth: int) -> list[Blocking]:
    """Give what blocks in a function, and in what it calls; each at its place in this file."""
    kept: dict[ast.AST, tuple[int, list[Blocking]]]
    kept = function.module.notes.setdefault("blocked", {})
    known = kept.get(function.node)
    if known is None or known[0] < depth:
        kept[function.node] = (depth, [])  # one that calls itself has nothing more in it
        kept[function.node] = (depth, list(found_blocked(function, depth)))
    return kept[function.node][1]


def found_blocked(function: Function, depth: int) -> Iterator[Blocking]:
    """Look at each call of a function; lambdas and nested functions are called by others."""
    module = function.module
    for node in own_nodes(function.node):
        if isinstance(node, ast.For) and is_consumer(node.iter, module):
            yield Blocking(node.iter, "for ... in KafkaConsumer")
        if not isinstance(node, ast.Call):
            continue
        awaited = isinstance(module.parents.get(node), ast.Await)
        if not awaited and (name := blocking_name(node, module)):
            yield Blocking(node, name)
        elif depth > 0 and (helper := callee(node, module)):
            if awaited and not helper.is_async and helper.node.decorator_list:
                continue  # a decorator has made a coroutine of it, such as one that asks a thread
            yield from through(helper, node, module, depth)


def through(helper: Function, call: ast.Call, module: Module, depth: int) -> Iterator[Blocking]:
    """Give what blocks in a helper: there, if that is in the same file; else where it is called."""
    if helper.module is module:
        yield from blocked(helper, depth - NEAR)
    elif helper.name != "__init__" and not is_own_matter(helper):
        said = {one.call for one in blocking_calls(helper.module)}
        found = [one for one in blocked(helper, depth - FAR) if one.call not in said]
        for one in found[:1]:
            yield Blocking(call, one.name, (*one.files, helper.module.path.name))


def is_own_matter(helper: Function) -> bool:
    """Tell whether a function of another file is found when that file is looked at."""
    return helper.node in roots(helper.module)


def is_consumer(node: ast.expr, module: Module) -> bool:
    """Tell whether a loop over something waits for messages."""
    kind = inference(module).kind(node, module)
    return isinstance(kind, Made) and kind.name in CONSUMERS


def blocking_name(call: ast.Call, module: Module) -> str:
    """Spell what a call calls, if that blocks; else nothing."""
    kind = inference(module).kind(call.func, module)
    name = kind.name if isinstance(kind, Library) else ""
    if not name and isinstance(call.func, ast.Name) and call.func.id == "input":
        _, bindings = inference(module).scopes(module).lookup(call.func)
        name = "" if bindings else "input"
    if kind is None and is_query(call, module):
        return "sqlalchemy.orm.Session.query"
    if name in PSUTIL:
        return name if waits(call) else ""
    if name == "time.sleep" and is_zero(call):
        return ""
    if name.startswith(("queue.", "zmq.")) and is_polled(call):
        return ""
    if name.startswith("paramiko.") and name.endswith(".recv") and WITHOUT_WAIT.search(module.text):
        return ""
    is_one = BLOCKING.fullmatch(name) and not NEVER.search(name)
    return name.replace(".__call__", "") if is_one else ""


def is_query(call: ast.Call, module: Module) -> bool:
    """Tell whether a call is `db.query(User).first()` of a session that nobody says more of.

    No session for asyncio has a `query`.
    """
    match call.func:
        case ast.Attribute(attr=fetch, value=query) if fetch in FETCHES:
            while isinstance(query, ast.Call) and isinstance(query.func, ast.Attribute):
                if query.func.attr == "query":
                    of = query.func.value
                    is_session = isinstance(of, ast.Name) and of.id in SESSIONS
                    return is_session and inference(module).kind(of, module) is None
                query = query.func.value
    return False


def waits(call: ast.Call) -> bool:
    """Tell whether psutil measures for an interval."""
    values = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "interval")]
    return any(not isinstance(one, ast.Constant) or bool(one.value) for one in values)


def is_zero(call: ast.Call) -> bool:
    """Tell whether the first argument is a zero."""
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and not call.args[0].value


def is_polled(call: ast.Call) -> bool:
    """Tell whether a queue, or a socket, is asked not to wait."""
    if any(word in ast.unparse(one) for one in given(call) for word in ("NOBLOCK", "DONTWAIT")):
        return True
    values = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "block")]
    return any(isinstance(one, ast.Constant) and one.value is False for one in values)
