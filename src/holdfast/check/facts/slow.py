"""Work that takes longer than a client waits for a pong: language models, speech, long sleeps.

What is not spelt out is told by its name: few libraries for such work are in a project's text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from holdfast.check.code.calls import callee
from holdfast.check.code.kinds import Function, Instance, Library, Made, inference
from holdfast.check.code.module import Module, own_nodes

LONG = 10  # seconds
PATIENCE = 20  # seconds: a deadline within which no client is given up
SLEEPS = {"asyncio.sleep", "anyio.sleep", "trio.sleep"}
# Packages whose every awaited call asks a model, and what their clients do at once.
MODELS = re.compile(
    r"(?:openai|anthropic|langchain\w*|langgraph|llama_index|ollama|litellm|groq|mistralai|cohere"
    r"|together|google\.generativeai|google\.genai|vertexai|huggingface_hub|replicate|elevenlabs"
    r"|deepgram|pydantic_ai|autogen\w*|crewai|dspy|whisper|faster_whisper|semantic_kernel)\b"
)
# What their clients do that takes long; the rest is said at once.
LONG_CALLS = re.compile(
    r"a?create|parse|stream|a?invoke|a?stream\w*|a?generate\w*|a?complet\w+|a?chat|a?predict|a?run"
    r"|run_stream|send_message\w*|a?query|kickoff\w*|transcribe\w*|synthesi[sz]e\w*|convert"
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
    r"|generate_(?:response|reply|answer|completion|text|image|audio|speech|summary|code|story)\w*"
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
    r"(?:asyncio|anyio|httpx|aiohttp|redis|sqlalchemy|WebSocket|fastapi|starlette)\b"
)
CLIENTS = {"httpx.AsyncClient"}
DEPTH = 4


def slow_in(block: ast.AST, module: Module, depth: int = DEPTH) -> Iterator[tuple[ast.AST, str]]:
    """Give what is awaited in a block and takes long, and what it is."""
    for node in own_nodes(block):
        if isinstance(node, ast.Await):
            yield from awaited(node.value, module, depth)
        elif is_async_loop(node):
            assert isinstance(node, ast.AsyncFor | ast.comprehension)
            yield from awaited(node.iter, module, depth)


def is_async_loop(node: ast.AST) -> bool:
    """Tell whether a node iterates by awaiting."""
    is_part = isinstance(node, ast.comprehension) and bool(node.is_async)
    return is_part or isinstance(node, ast.AsyncFor)


def awaited(node: ast.expr, module: Module, depth: int) -> Iterator[tuple[ast.AST, str]]:
    """Look at what is waited for; what is gathered, or has a deadline, part by part."""
    if not isinstance(node, ast.Call):
        return
    last = last_name(node, module)
    if last == "wait_for" and is_short(node):
        return
    if last in {"wait_for", "shield", "gather"}:
        for one in node.args:
            yield from awaited(one, module, depth)
    elif what := slow_call(node, module, depth):
        yield node, what


def slow_call(call: ast.Call, module: Module, depth: int) -> str:
    """Name the slow work that a call is, by what it calls, or else by its name."""
    last = last_name(call, module)
    if is_in_background(call):
        return ""
    if module.qualify(call.func) in SLEEPS:
        length = seconds(call, module)
        return f"sleep({length:g})" if length >= LONG else ""
    if last in THREADS:
        return next((one for name in named_in(call) if (one := by_name(name, ""))), "")
    kind = inference(module).kind(call.func, module)
    if isinstance(kind, Library):
        if MODELS.match(kind.name):
            is_slow = LONG_CALLS.fullmatch(last) and ".realtime." not in kind.name
            return kind.name if is_slow else ""
        if KNOWN.match(kind.name):
            return f"{kind.name} without a timeout" if never_gives_up(call, module) else ""
    found = by_name(last, owner_name(call, module))
    if found:
        return found
    helper = callee(call, module)
    return within(helper, depth) if helper and depth else ""


def within(helper: Function, depth: int) -> str:
    """Name the slow work that a function of the project does."""
    kept: dict[ast.AST, str] = helper.module.notes.setdefault("slow", {})
    if helper.node not in kept:
        kept[helper.node] = ""  # one that calls itself
        found = (what for _, what in slow_in(helper.node, helper.module, depth - 1))
        kept[helper.node] = next(found, "")
    return kept[helper.node]


def by_name(name: str, owner: str) -> str:
    """Tell by its name, and that of its object, whether something is slow."""
    if ASKS.fullmatch(name):
        return name
    is_one = owner and WORKERS.search(owner) and VERBS.fullmatch(name)
    return f"{owner}.{name}" if is_one else ""


def last_name(call: ast.Call, module: Module) -> str:
    """Give the last name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return module.qualify(call.func).rpartition(".")[2]


def owner_name(call: ast.Call, module: Module) -> str:
    """Give the name of the object whose method is called; or of its class, if that says more."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    owner = call.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    kind = inference(module).kind(owner, module)
    of = kind.of.name if isinstance(kind, Instance) else ""
    of = kind.name.rpartition(".")[2] if isinstance(kind, Made) else of
    return of if of and WORKERS.search(of) and not WORKERS.search(name) else name


def named_in(call: ast.Call) -> Iterator[str]:
    """Give the names of functions that are handed to a thread."""
    for one in call.args:
        if isinstance(one, ast.Attribute):
            yield one.attr
        elif isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Lambda) and isinstance(one.body, ast.Call):
            function = one.body.func
            yield function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def is_in_background(call: ast.Call) -> bool:
    """Tell whether a call says itself that it does not wait for its work."""
    named = (one for one in call.keywords if one.arg == "background")
    return any(isinstance(one.value, ast.Constant) and one.value.value is True for one in named)


def never_gives_up(call: ast.Call, module: Module) -> bool:
    """Tell whether a request has no deadline: its own, or its client's, was taken away."""
    if any(one.arg == "timeout" for one in call.keywords):
        return is_without(call)
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(owner, ast.Name):
        return False
    _, bindings = inference(module).scopes(module).lookup(owner)
    made = [one.source for one in bindings if one.how in {"value", "context"}]
    return any(
        isinstance(one, ast.Call) and module.qualify(one.func) in CLIENTS and is_without(one)
        for one in made
    )


def is_without(call: ast.Call) -> bool:
    """Tell whether a call says `timeout=None`."""
    named = (one.value for one in call.keywords if one.arg == "timeout")
    return any(isinstance(one, ast.Constant) and one.value is None for one in named)


def seconds(call: ast.Call, module: Module) -> float:
    """Read how long a sleep takes."""
    value = call.args[0] if call.args else None
    if isinstance(value, ast.Name):
        scope, bindings = inference(module).scopes(module).lookup(value)
        is_fixed = len(bindings) == 1 and isinstance(scope, ast.Module)
        value = bindings[0].source if is_fixed else None  # type: ignore[assignment]
    number = value.value if isinstance(value, ast.Constant) else 0
    return float(number) if isinstance(number, int | float) else 0.0


def is_short(call: ast.Call) -> bool:
    """Tell whether a `wait_for` gives up before a client is given up."""
    given = [*call.args[1:2], *(one.value for one in call.keywords if one.arg == "timeout")]
    values = (one.value for one in given if isinstance(one, ast.Constant))
    return any(isinstance(one, int | float) and one <= PATIENCE for one in values)
