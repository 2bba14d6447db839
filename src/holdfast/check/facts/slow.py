"""Work that takes longer than a client waits for a pong: language models, speech, long sleeps.

What is not spelt out is told by its name: few libraries for such work are in a project's text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Class, Function, Instance, Library, Made, inference
from holdfast.check.code.module import Module, own_nodes
from holdfast.check.code.spelling import called_name, last_name
from holdfast.check.facts.sockets import callee_name, operation

LONG = 10  # seconds
PATIENCE = 20  # seconds: a deadline within which no client is given up
WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)
DEADLINES = re.compile(r"asyncio\.timeout|anyio\.(?:fail|move_on)_after|async_timeout\.timeout")
WAITERS = {"wait_for", "shield", "gather"}
STREAMS = re.compile(r"a?(?:run_)?stream\w*")
SLEEPS = {"asyncio.sleep", "anyio.sleep", "trio.sleep"}
# Packages whose every awaited call asks a model, and what their clients do at once.
MODELS = re.compile(
    r"(?:openai|anthropic|langchain\w*|langgraph|llama_index|ollama|litellm|groq|mistralai|cohere"
    r"|together|google\.generativeai|google\.genai|vertexai|huggingface_hub|replicate|elevenlabs"
    r"|deepgram|pydantic_ai|autogen\w*|crewai|dspy|whisper|faster_whisper|semantic_kernel|edge_tts"
    r"|agents\.(?:run\.)?Runner)\b"
)
# What their clients do that takes long; the rest is said at once.
LONG_CALLS = re.compile(
    r"a?create|parse|stream|a?invoke|a?stream\w*|a?generate\w*|a?complet\w+|a?chat|a?predict|a?run"
    r"|run_stream\w*|invoke_\w+|async_run|async_stream|complete_async|send_message\w*|a?query|kickoff\w*|transcribe\w*|synthesi[sz]e\w*|convert"
    r"|text_to_\w+|speech_to_\w+|achat_completion|chat_completion|text_generation"
)
# Methods and functions that no quick work is named after.
ASKS = re.compile(
    r"_?(?:ainvoke|astream(?:_events|_chat|_log)?|acompletion|agenerate\w*|apredict|arun|achat"
    r"|acall|aquery|kickoff_async|generate_content_async|send_message_async|run_agent\w*"
    r"|(?:async_)?transcribe(?!d)\w*|synthesi[sz]e\w*|text_to_speech\w*|speech_to_text\w*"
    r"|(?:ask|call|query|invoke|run|stream|prompt|chat_with)_?(?:the_)?"
    r"(?:llm|gpt\w*|openai|claude|gemini|ollama|chatbot|chatgpt|agent|model|ai|anthropic)\w*"
    r"|(?:llm|gpt|openai|claude|gemini|ollama|ai)_(?:\w+_)?"
    r"(?:call|query|chat|response|reply|answer|completion|stream|request|generate)\w*"
    r"|(?:get|generate|create|fetch|stream)_(?:llm|ai|gpt|chat|chatbot|bot|agent|model)_"
    r"(?:response|reply|answer|completion|stream|message)\w*"
    r"|generate_(?:response|reply|answer|completion|text|image|audio|speech|summary|story"
    r"|stream|tokens)\w*|stream_(?:answer|response|reply|completion|tokens|chat)\w*"
    r"|chat_completions?|run_inference\w*|infer_\w+|summari[sz]e_\w+)",
)
# What is said of an agent or a model, whose work takes long.
WORKERS = re.compile(
    r"(?:^|_)(?:llm|gpt\w*|openai|claude|gemini|ollama|chatbot|chatgpt|agent|agents|chain|whisper"
    r"|tts|stt|crew|assistant|rag|copilot|executor_agent|workflow_agent|langchain|mistral|graph)"
    r"(?:_|$|\d)|LLM|GPT|Agent|Chatbot|ChatBot|Whisper|Assistant|OpenAI|Claude|Gemini",
)
VERBS = re.compile(
    r"_?(?:a?run|a?chat|ask|answer|process|generate|invoke|stream|respond|reply|execute|complete"
    r"|predict|query|transcribe|synthesi[sz]e|speak|think|kickoff|handle_message|process_message"
    r"|get_response|get_reply|get_answer|send_message|stream_chat|create)(?:_\w+)?"
)
THREADS = {"to_thread", "run_in_executor", "run_in_threadpool", "run_sync"}
# Packages whose calls are what they are, however they are named.
KNOWN = re.compile(
    r"(?:asyncio|anyio|httpx|aiohttp|redis|sqlalchemy|WebSocket|fastapi|starlette|neo4j|asyncpg"
    r"|psycopg|motor|pymongo|aiosqlite|databases|aiokafka|aio_pika|nats|aiogram|telegram|discord"
    r"|graphql|strawberry|networkx|celery|arq|aiofiles|aioboto3|minio|grpc)\b"
)
QUICK = re.compile(
    r"(?:asyncio|anyio)\.(?:\w+\.)*(?:put|acquire|checkpoint)"
    r"|WebSocket\.(?:accept|close)|logging\..*"
)
# What hands something to a queue or a store, whosever it is.
HANDED_OVER = re.compile(
    r"enqueue\w*|publish\w*|l?r?push|xadd|put\w*|h?[sg]et|incr|expire|s?add|commit|flush|acquire"
    r"|kiq|send_task|add_task|insert_one|save|connect"
)
CLIENTS = {"httpx.AsyncClient", "aiohttp.ClientSession"}
DEPTH = 4
LONGEST = 1e9  # seconds


def slow_in(block: ast.AST, module: Module, depth: int = DEPTH) -> Iterator[tuple[ast.AST, str]]:
    """Give what is awaited in a block and takes long, and what it is."""
    for node in own_nodes(block):
        if isinstance(node, WAITS) and ends_soon(node, block, module):
            continue
        if isinstance(node, ast.Await):
            yield from awaited(node.value, module, depth)
        elif is_async_loop(node):
            assert isinstance(node, ast.AsyncFor | ast.comprehension)
            yield from awaited(node.iter, module, depth)
        elif isinstance(node, ast.AsyncWith):
            # `async with client.messages.stream(...)`: the answer is read within.
            for one in (item.context_expr for item in node.items):
                if isinstance(one, ast.Call) and STREAMS.fullmatch(called_name(one, module)):
                    yield from awaited(one, module, depth)


def ends_soon(node: ast.AST, block: ast.AST, module: Module) -> bool:
    """Tell whether a `timeout()` around a node, within a block, ends it soon enough."""
    for one in module.ancestors(node):
        if one is block:
            return False
        if isinstance(one, ast.With | ast.AsyncWith):
            calls = [item.context_expr for item in one.items]
            found = [call for call in calls if isinstance(call, ast.Call) and call.args]
            for call in found:
                if DEADLINES.fullmatch(module.qualify(call.func)):
                    return 0 < number(call.args[0], module) <= PATIENCE
    return False


def is_async_loop(node: ast.AST) -> bool:
    """Tell whether a node iterates by awaiting."""
    is_part = isinstance(node, ast.comprehension) and bool(node.is_async)
    return is_part or isinstance(node, ast.AsyncFor)


def awaited(node: ast.expr, module: Module, depth: int) -> Iterator[tuple[ast.AST, str]]:
    """Look at what is waited for; what is gathered, or has a deadline, part by part."""
    if isinstance(node, ast.Name) and depth:
        for one in started(node, module):
            yield from ((node, what) for _, what in awaited(one, module, depth - 1))
    if not isinstance(node, ast.Call):
        return
    last = called_name(node, module)
    if last == "wait_for" and is_short(node, module):
        return
    if last in {"wait_for", "shield", "gather", "create_task", "ensure_future"}:
        for one in node.args:
            yield from awaited(one_of_many(one, module), module, depth)
    elif what := slow_call(node, module, depth):
        yield node, what


def started(node: ast.Name, module: Module) -> Iterator[ast.expr]:
    """Give what a name that is awaited was started as, in the same loop, unless it is given up.

    Of a task that `asyncio.wait` has seen, or that is asked whether it is done, the end is there.
    """
    _, bindings = inference(module).scopes(module).lookup(node)
    function, loop = module.function_of(node), module.loop_of(node)
    if len(bindings) != 1 or bindings[0].how != "value" or bindings[0].path or function is None:
        return
    source = bindings[0].source
    if isinstance(source, ast.Call) and module.loop_of(source) is loop:
        for one in own_nodes(function):
            if isinstance(one, ast.Name) and one.id == node.id and is_watched(one, module):
                return
        yield source


def is_watched(node: ast.Name, module: Module) -> bool:
    """Tell whether a task is asked for, ended, or handed to somebody who may."""
    parent = module.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr not in {"add_done_callback", "set_name"}
    is_kept = isinstance(parent, ast.Call) and called_name(parent, module) in {"add", "append"}
    is_waited = isinstance(parent, ast.Call) and called_name(parent, module) in WAITERS
    is_bound = isinstance(node.ctx, ast.Store) or isinstance(parent, ast.Await)
    return not (is_kept or is_waited or is_bound)


def one_of_many(node: ast.expr, module: Module) -> ast.expr:
    """Give one of the calls in `*(f(x) for x in xs)`, or in a list of them that has a name."""
    if isinstance(node, ast.Starred):
        node = node.value
        if isinstance(node, ast.Name):
            _, bindings = inference(module).scopes(module).lookup(node)
            if len(bindings) == 1 and isinstance(bindings[0].source, ast.ListComp):
                node = bindings[0].source
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            return node.elt
    return node


def slow_call(call: ast.Call, module: Module, depth: int) -> str:
    """Name the slow work that a call is, by what it calls, or else by its name."""
    last = called_name(call, module)
    if is_in_background(call):
        return ""
    if module.qualify(call.func) in SLEEPS:
        length = seconds(call, module)
        return f"sleep({length:g})" if length >= LONG else ""
    if last in THREADS:
        return next((one for pair in named_in(call) if (one := by_name(*pair))), "")
    kind = inference(module).kind(call.func, module)
    if isinstance(kind, Library):
        if MODELS.match(kind.name):
            is_slow = LONG_CALLS.fullmatch(last) and ".realtime." not in kind.name
            return kind.name if is_slow else ""
        if KNOWN.match(kind.name):
            return f"{kind.name} without a timeout" if never_gives_up(call, module) else ""
    helper = callee(call, module)
    found = by_name(last, owner_name(call, module))
    if found and not (helper and is_quick(helper)):
        return found
    return within(helper, depth) if helper and depth else ""


def within(helper: Function, depth: int) -> str:
    """Name the slow work that a function of the project does."""
    kept: dict[ast.AST, str] = helper.module.notes.setdefault("slow", {})
    if helper.node not in kept:
        kept[helper.node] = ""  # one that calls itself
        found = (what for _, what in slow_in(helper.node, helper.module, depth - 1))
        kept[helper.node] = next(found, "")
    return kept[helper.node]


def is_quick(helper: Function) -> bool:
    """Tell whether a function of the project, whatever its name, waits for nothing that lasts."""
    kept: dict[ast.AST, bool] = helper.module.notes.setdefault("quick", {})
    if helper.node not in kept:
        kept[helper.node] = True  # one that calls itself
        nodes = own_nodes(helper.node)
        is_stub = not any(isinstance(one, ast.Return | ast.Call | ast.Assign) for one in nodes)
        kept[helper.node] = not is_stub and not any(may_last(one, helper.module) for one in nodes)
    return kept[helper.node]


def may_last(node: ast.AST, module: Module) -> bool:
    """Tell whether something in a function may take long: it is slow, or nobody knows."""
    if is_async_loop(node) or isinstance(node, ast.Await):
        waited = node.value if isinstance(node, ast.Await) else node.iter  # type: ignore[attr-defined]
        if not isinstance(waited, ast.Call):
            return not is_ended(waited, module)
        return not is_quick_call(waited, module)
    if not isinstance(node, ast.Call) or callee(node, module):
        return False
    kind = inference(module).kind(node.func, module)
    is_model = isinstance(kind, Library) and MODELS.match(kind.name) is not None
    return is_model or bool(by_name(called_name(node, module), owner_name(node, module)))


def is_ended(task: ast.expr, module: Module) -> bool:
    """Tell whether a function ends a task before it waits for it: `task.cancel()`."""
    function, text = module.function_of(task), ast.unparse(task)
    return function is not None and any(
        isinstance(one, ast.Attribute) and one.attr == "cancel" and ast.unparse(one.value) == text
        for one in own_nodes(function)
    )


def is_quick_call(call: ast.Call, module: Module) -> bool:
    """Tell whether what is waited for is known to give way soon."""
    if module.qualify(call.func) in SLEEPS:
        return bool(call.args) and isinstance(call.args[0], ast.Constant) and not call.args[0].value
    if helper := callee(call, module):
        return is_quick(helper)
    if HANDED_OVER.fullmatch(called_name(call, module)):
        return True
    return operation(call, module) == "send" or bool(QUICK.fullmatch(callee_name(call, module)))


def by_name(name: str, owner: str) -> str:
    """Tell by its name, and that of its object, whether something is slow."""
    if ASKS.fullmatch(name):
        return name
    is_one = owner and WORKERS.search(owner) and VERBS.fullmatch(name)
    return f"{owner}.{name}" if is_one else ""


def owner_name(call: ast.Call, module: Module) -> str:
    """Give the name of the object whose method is called; or of its class, if that says more."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    owner = call.func.value
    name = last_name(owner)
    kind = inference(module).kind(owner, module)
    of = kind.of.name if isinstance(kind, Instance) else ""
    of = kind.name.rpartition(".")[2] if isinstance(kind, Made) else of
    return of if of and WORKERS.search(of) and not WORKERS.search(name) else name


def named_in(call: ast.Call) -> Iterator[tuple[str, str]]:
    """Give the names of functions that are handed to a thread, and of their objects."""
    for one in call.args:
        is_called = isinstance(one, ast.Lambda) and isinstance(one.body, ast.Call)
        match one.body.func if is_called else one:  # type: ignore[attr-defined]
            case ast.Attribute(attr=name, value=ast.Name(id=owner) | ast.Attribute(attr=owner)):
                yield name, owner
            case ast.Attribute(attr=name) | ast.Name(id=name):
                yield name, ""


def is_in_background(call: ast.Call) -> bool:
    """Tell whether a call says itself that it does not wait for its work."""
    named = (one for one in call.keywords if one.arg == "background")
    return any(isinstance(one.value, ast.Constant) and one.value.value is True for one in named)


def never_gives_up(call: ast.Call, module: Module) -> bool:
    """Tell whether a request has no deadline: its own, or its client's, was taken away."""
    if any(one.arg == "timeout" for one in call.keywords):
        return is_without(call)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return any(
        isinstance(one, ast.Call) and module.qualify(one.func) in CLIENTS and is_without(one)
        for one in values_of(owner, module)
    )


def values_of(node: ast.expr | None, module: Module) -> list[ast.AST]:
    """Give what a name, or an attribute of a class of the project, is made to be."""
    infer = inference(module)
    if isinstance(node, ast.Name):
        _, bindings = infer.scopes(module).lookup(node)
        return [one.source for one in bindings if one.how in {"value", "context"} and not one.path]
    kind = infer.kind(node.value, module) if isinstance(node, ast.Attribute) else None
    if isinstance(node, ast.Attribute) and isinstance(kind, Instance | Class):
        of = kind.of if isinstance(kind, Instance) else kind
        return infer.classes.values(of, node.attr)
    return []


def is_without(call: ast.Call) -> bool:
    """Tell whether a call says `timeout=None`."""
    named = [one.value for one in call.keywords if one.arg == "timeout"]
    # `httpx.Timeout(None)`, `aiohttp.ClientTimeout(total=None)`.
    inner = (one for one in named if isinstance(one, ast.Call))
    named += [each.value for one in inner for each in one.keywords if each.arg == "total"]
    named += [one.args[0] for one in named if isinstance(one, ast.Call) and one.args]
    return any(isinstance(one, ast.Constant) and one.value is None for one in named)


def seconds(call: ast.Call, module: Module) -> float:
    """Read how long a sleep takes."""
    return number(call.args[0], module) if call.args else 0.0


def number(node: ast.AST, module: Module, depth: int = DEPTH) -> float:
    """Read a number that stands there, is calculated, or is all that something is made to be."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(min(value, LONGEST))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return number(left, module, depth) * number(right, module, depth)
        case ast.Name() | ast.Attribute() if depth:
            values = values_of(node, module)
            return number(values[0], module, depth - 1) if len(values) == 1 else 0.0
    return 0.0


def is_short(call: ast.Call, module: Module) -> bool:
    """Tell whether a `wait_for` gives up before a client is given up."""
    given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "timeout")]
    return any(0 < number(one, module) <= PATIENCE for one in given)
