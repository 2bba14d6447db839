"""The checker as a language server, spoken to as an editor does: over its stdin and stdout."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from holdfast.testing import until

pytestmark = pytest.mark.newest

WRONG = """from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def talk(websocket: WebSocket):
    await websocket.accept()
    "🎉"; websocket.send_text("hello")
    await websocket.close()
"""


class Editor(LanguageClient):
    """A client that keeps what the server marks."""

    def __init__(self) -> None:
        super().__init__("editor", "1")
        self.marks: dict[str, types.PublishDiagnosticsParams] = {}
        self.versions: list[tuple[str, int | None]] = []
        self.messages: list[str] = []

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def marked(params: types.PublishDiagnosticsParams) -> None:
            self.marks[params.uri] = params
            self.versions.append((params.uri, params.version))

        @self.feature(types.WINDOW_SHOW_MESSAGE)
        def shown(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

    async def write(self, path: Path, text: str) -> str:
        """Open a file with a text that is not on the disk, and wait until it was looked at."""
        return await self.open(path.as_uri(), text)

    async def open(self, uri: str, text: str) -> str:
        """Open what need not be a file, and wait until it was looked at."""
        self.begin(uri, text)
        await until(lambda: uri in self.marks, 30)
        return uri

    def begin(self, uri: str, text: str) -> None:
        """Open a file."""
        document = types.TextDocumentItem(uri, "python", 1, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(document))

    async def change(self, uri: str, version: int, text: str) -> None:
        """Replace all of a file's text, and wait until that was looked at."""
        self.type(uri, version, text)
        await until(lambda: self.marks[uri].version == version, 30)

    def type(self, uri: str, version: int, text: str) -> None:
        """Replace all of a file's text."""
        document = types.VersionedTextDocumentIdentifier(version, uri)
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def close(self, uri: str) -> None:
        """Close a file."""
        document = types.TextDocumentIdentifier(uri)
        self.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        """Point at a place."""
        document, place = types.TextDocumentIdentifier(uri), types.Position(line, character)
        return await self.text_document_hover_async(types.HoverParams(document, place))

    def codes(self, uri: str) -> list[str]:
        return [str(one.code) for one in self.marks[uri].diagnostics]


@asynccontextmanager
async def editor(folder: Path, *encodings: str) -> AsyncIterator[Editor]:
    client = Editor()
    command = str(Path(sys.executable).with_name("holdfast"))
    await client.start_io(command, "check", "--lsp", cwd=folder)
    general = types.GeneralClientCapabilities(position_encodings=encodings or None)
    capabilities = types.ClientCapabilities(general=general)
    params = types.InitializeParams(capabilities=capabilities, root_uri=folder.as_uri())
    await client.initialize_async(params)
    client.initialized(types.InitializedParams())
    try:
        yield client
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        process = client._server
        assert process is not None
        assert process.stderr is not None
        said = await asyncio.wait_for(process.stderr.read(), 10)
        assert (await process.wait(), said) == (0, b"")
        await asyncio.wait_for(client.stop(), 10)


def applied(text: str, action: types.CodeAction, uri: str) -> str:
    """Do what an editor does with an action, in its own units."""
    assert action.edit is not None
    assert action.edit.changes is not None
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    for edit in sorted(
        action.edit.changes[uri],
        key=lambda one: (one.range.start.line, one.range.start.character),
        reverse=True,
    ):
        start, end = edit.range.start, edit.range.end
        assert start.line == end.line
        line = lines[start.line]
        new = edit.new_text.encode("utf-16-le")
        lines[start.line] = line[: start.character * 2] + new + line[end.character * 2 :]
    return "\n".join(line.decode("utf-16-le") for line in lines)


async def actions(client: Editor, uri: str, **only: Any) -> list[types.CodeAction]:
    """Ask for what can be done where the first mark is."""
    found = await client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            client.marks[uri].diagnostics[0].range,
            types.CodeActionContext(client.marks[uri].diagnostics, **only),
        )
    )
    return [one for one in found or [] if isinstance(one, types.CodeAction)]


async def test_marks_explains_and_mends_what_is_typed(tmp_path: Path) -> None:
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", WRONG)
        assert client.codes(uri) == ["WSK101"]
        mark = client.marks[uri].diagnostics[0]
        # Editors count in UTF-16: the party popper before the call is two units.
        assert (mark.range.start.line, mark.range.start.character) == (8, 10)
        assert mark.severity == types.DiagnosticSeverity.Error

        shown = await client.hover(uri, 8, 10)
        assert shown is not None
        assert isinstance(shown.contents, types.MarkupContent)
        assert "missing-await" in shown.contents.value

        fix, silence, everything = await actions(client, uri)
        assert fix.is_preferred
        assert "await" in fix.title
        await client.change(uri, 2, applied(WRONG, silence, uri))
        assert client.codes(uri) == []
        await client.change(uri, 3, WRONG)
        assert applied(WRONG, fix, uri) == applied(WRONG, everything, uri)
        await client.change(uri, 4, applied(WRONG, everything, uri))
        assert client.codes(uri) == []


async def test_other_open_files_count_as_they_are_in_the_editor(tmp_path: Path) -> None:
    manager = (
        "class Manager:\n    {}def leave(self, websocket):\n        pass\n\n\nmanager = Manager()\n"
    )
    (tmp_path / "manager.py").write_text(manager.format(""))
    main = WRONG.replace('"🎉"; websocket.send_text("hello")', "manager.leave(websocket)")
    main = "from manager import manager\n" + main
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", main)
        assert client.codes(uri) == []
        await client.write(tmp_path / "manager.py", manager.format("async "))
        await client.change(uri, 2, main + "\n")
        assert client.codes(uri) == ["WSK102"]


async def test_what_is_no_python_and_wrong_settings_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.holdfast.check]\nselekt = []\n")
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", "def broken(:\n")
        assert client.codes(uri) == ["WSK001"]
        await until(lambda: any("selekt" in one for one in client.messages), 30)
        await client.change(uri, 2, "def broken(:\n\n")
        assert len(client.messages) == 1, "once is enough"
        (tmp_path / "pyproject.toml").write_text("[tool.holdfast.check]\nsellect = []\n")
        await client.change(uri, 3, "def broken(:\n")
        assert "sellect" in client.messages[1]
        client.close(uri)
        await until(lambda: not client.marks[uri].diagnostics, 30)


async def test_what_was_typed_a_moment_ago_counts(tmp_path: Path) -> None:
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", WRONG)
        text = WRONG.replace("app = FastAPI()\n", "")
        client.type(uri, 2, text)
        # What stands elsewhere now is still explained there.
        shown = await client.hover(uri, 7, 10)
        assert shown is not None
        assert shown.range == types.Range(types.Position(7, 10), types.Position(7, 38))
        assert await client.hover(uri, 8, 10) is None
        # Asked before the server has looked at it by itself: where the mark was is another line.
        everywhere = types.Range(types.Position(0, 0), types.Position(99, 0))
        found = await client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), everywhere, types.CodeActionContext([])
            )
        )
        assert found
        assert isinstance(found[0], types.CodeAction)
        assert '    "🎉"; await websocket' in applied(text, found[0], uri)


async def test_columns_are_those_that_the_editor_asked_for(tmp_path: Path) -> None:
    async with editor(tmp_path, "utf-8") as client:
        uri = await client.write(tmp_path / "main.py", WRONG)
        assert client.marks[uri].diagnostics[0].range.start == types.Position(8, 12)


async def test_cells_of_a_notebook_and_texts_that_are_no_files(tmp_path: Path) -> None:
    async with editor(tmp_path) as client:
        place = (tmp_path / "talk.ipynb").as_uri()
        cell = await client.open(
            place.replace("file:", "vscode-notebook-cell:") + "#W1", "%pip\n" + WRONG
        )
        assert client.codes(cell) == ["WSK101"]
        assert client.marks[cell].diagnostics[0].range.start.line == 9
        # The rows of its JSON are none that anybody sees.
        assert client.codes(await client.open(place, "{}")) == []
        assert client.codes(await client.open("untitled:Untitled-1", WRONG)) == ["WSK101"]


async def test_lines_end_as_editors_end_them(tmp_path: Path) -> None:
    text = WRONG.replace("talk", "\ftalk", 1).replace("\n", "\r\n")
    text = text.replace('"🎉"; ', 'text = "\x0c\u2028"; ')
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", text)
        assert client.marks[uri].diagnostics[0].range.start == types.Position(8, 17)
        _, silence, _ = await actions(client, uri)
        assert silence.edit is not None
        assert silence.edit.changes is not None
        (edit,) = silence.edit.changes[uri]
        # Before the end of the line, of which the carriage return is a part.
        assert edit.range.start.character == len(text.split("\r\n")[8])


async def test_comments_that_silence_keep_what_they_say_and_are_explained(tmp_path: Path) -> None:
    line = 'websocket.send_text("hello")'
    long = 'websocket.send_text("""hello\n    world""")  # noqa: E501 (long)'
    text = WRONG.replace(f'"🎉"; {line}', long)
    async with editor(tmp_path) as client:
        uri = await client.write(tmp_path / "main.py", text)
        _, silence, _ = await actions(client, uri)
        silent = applied(text, silence, uri)
        assert 'world""")  # noqa: E501, WSK101 (long)' in silent
        await client.change(uri, 2, silent)
        assert client.codes(uri) == []
        shown = await client.hover(uri, 9, silent.split("\n")[9].index("WSK101") + 2)
        assert shown is not None
        assert isinstance(shown.contents, types.MarkupContent)
        assert "missing-await" in shown.contents.value


HEAD, ENDPOINT = WRONG[: WRONG.index("@app")], WRONG[WRONG.index("@app") :]


def large(endpoints: int) -> str:
    """A file of many endpoints."""
    return HEAD + "\n\n".join(
        ENDPOINT.replace("talk", f"talk{number}").replace("/ws", f"/{number}")
        for number in range(endpoints)
    )


LARGE = large(150)


async def test_nobody_waits_while_a_large_file_is_looked_at(tmp_path: Path) -> None:
    async with editor(tmp_path) as client:
        small = await client.write(tmp_path / "small.py", WRONG)
        uri = (tmp_path / "large.py").as_uri()
        client.begin(uri, large(1000))  # seconds of work, if it were not given up
        assert await client.hover(small, 8, 10) is not None
        assert uri not in client.marks
        # Of all that is typed quickly, only the last is looked at.
        for version in range(2, 10):
            client.type(uri, version, "\n" * version + LARGE)
        assert await client.hover(small, 8, 10) is not None
        await until(lambda: uri in client.marks, 30)
        assert (client.marks[uri].version, len(client.codes(uri))) == (9, 150)
        found = await actions(client, uri, only=[types.CodeActionKind.SourceFixAll])
        assert found[0].edit is not None
        assert found[0].edit.changes is not None
        assert len(found[0].edit.changes[uri]) == 150

        # A look at what is closed tells nothing; one at what is opened again is of the new text.
        client.type(uri, 10, LARGE)
        await client.hover(uri, 0, 0)
        client.close(uri)
        client.begin(uri, WRONG)
        await until(lambda: client.marks[uri].version == 1, 30)
        assert client.codes(uri) == ["WSK101"]
        assert client.versions == [(small, 1), (uri, 9), (uri, None), (uri, 1)]
        client.type(uri, 2, LARGE)
        # The end is not waited for either, see `editor`.
        await actions(client, uri)
