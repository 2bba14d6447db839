"""`holdfast check --lsp`: the checker as a language server, for editors. Needs the extra `lsp`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from holdfast.check.code.project import Project
from holdfast.check.files.config import ConfigError, Resolver, Settings
from holdfast.check.files.fixing import apart, is_fixable
from holdfast.check.files.notebooks import as_python
from holdfast.check.files.run import Seen, check_source, to_source
from holdfast.check.files.selection import ABOUT_FILES_CODES, UnknownCode, explain
from holdfast.check.files.sources import LINE_END, NotPython, Unreadable
from holdfast.check.files.suppress import add_noqa
from holdfast.check.finding import Edit, Finding, Span

SOURCE = "holdfast"
# Seconds after the last key before a file is looked at.
PAUSE = 0.2
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
NOTEBOOK = ".ipynb"
CODE = re.compile(r"\bWSK\d{3}\b")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a text of an open file. Places are given as editors count: from 0.

    `units` measures a text in what the editor and we have agreed to count.
    """

    uri: str
    text: str
    lines: list[str]
    seen: list[Seen]
    units: Callable[[str], int]

    def range(self, span: Span) -> types.Range:
        """Turn a span of ours into an editor's."""
        return types.Range(
            self._position(span.row, span.column), self._position(span.end_row, span.end_column)
        )

    def _position(self, row: int, column: int) -> types.Position:
        if row > len(self.lines):  # behind the last line
            row, column = len(self.lines), len(self.lines[-1]) + 1
        return types.Position(row - 1, self.units(self.lines[row - 1][: column - 1]))

    def within(self, wanted: types.Range) -> Iterator[Seen]:
        """Give what was found in a range, or touches it."""
        return (one for one in self.seen if meets(self.range(one.finding.span), wanted))

    def code_at(self, where: types.Position) -> tuple[str, Span] | None:
        """Give the code that a comment names at a position."""
        line = self.lines[where.line] if where.line < len(self.lines) else ""
        row, _, comment = where.line + 1, *line.partition("#")[1:]
        start = len(line) - len(comment)
        for match in CODE.finditer(comment):
            span = Span(row, start + match.start() + 1, row, start + match.end() + 1)
            if meets(self.range(span), types.Range(where, where)):
                return match[0], span
        return None

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """Give a finding as an editor shows it."""
        help_ = f"\nHelp: {finding.help}" if finding.help else ""
        return types.Diagnostic(
            self.range(finding.span),
            finding.message + help_,
            severity=SEVERITIES.get(finding.severity),
            code=finding.code,
            source=SOURCE,
        )

    def changes(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Give edits as an editor takes them; the same twice, as of an import, once."""
        once = sorted(set(edits))
        return types.WorkspaceEdit(
            {self.uri: [types.TextEdit(self.range(one.span), one.text) for one in once]}
        )


class Server(LanguageServer):
    """Keeps what was found in each open file, for hovers and quick fixes."""

    def __init__(self) -> None:
        # Whole texts: what counts changes divides lines where Python and editors do not.
        full = types.TextDocumentSyncKind.Full
        super().__init__("holdfast-check", version("holdfast"), text_document_sync_kind=full)
        self.looked: dict[str, Looked] = {}
        self.told = ""

    def check(self, uri: str) -> Looked:
        """Look at an open file and tell the editor what was found."""
        document = self.workspace.get_text_document(uri)
        text, units = document.source, self.workspace.position_codec.client_num_units
        looked = Looked(uri, text, LINE_END.split(text), self._find(document), units)
        self.looked[uri] = looked
        diagnostics = [looked.diagnostic(one.finding) for one in looked.seen]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics, document.version)
        )
        return looked

    def current(self, uri: str) -> Looked | None:
        """Give what is found in an open file as it is now; None if it is not open."""
        document = self.workspace.text_documents.get(uri)
        if document is None:
            return None
        looked = self.looked.get(uri)
        return looked if looked and looked.text == document.source else self.check(uri)

    def _find(self, document: TextDocument) -> list[Seen]:
        path, text = place_of(document), document.source
        if path.suffix == NOTEBOOK:
            if document.uri.startswith("file:"):
                return []  # its JSON, which nobody reads
            text = python_of(text)
        settings = self._settings(path)
        if settings.excludes_above(path):
            return []
        # The text of a cell is Python, and no notebook.
        name = path.with_suffix(".py") if path.suffix == NOTEBOOK else path
        project = self._project(path)
        examined = check_source(lambda: to_source(text, name), path, str(path), project)
        return examined.wanted(settings, path)

    def _settings(self, path: Path) -> Settings:
        """Read the settings of a file; the editor is told once what is wrong with them."""
        wrong = ""
        try:
            settings = Resolver().for_file(path)
        except (ConfigError, UnknownCode) as error:
            settings, wrong = Settings(path.parent), f"Holdfast: {error}"
        if wrong and wrong != self.told:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, wrong))
        self.told = wrong
        return settings

    def _project(self, path: Path) -> Project:
        """Give what is around a file: other open ones count as they are in the editor."""
        project = Project([path])
        for document in self.workspace.text_documents.values():
            other = place_of(document)
            # Others, such as `git:`, show what a file was at some time.
            is_file = document.uri.startswith("file:")
            if is_file and other != path and other.suffix in (".py", ".pyi"):
                project.offer(document.source, other)
        return project


def place_of(document: TextDocument) -> Path:
    """Give the path of a document, which need not be on the disk."""
    return Path(uris.to_fs_path(document.uri) or document.filename or "untitled.py")


def python_of(text: str) -> str:
    """Make harmless what only notebooks take; a text that is wrong all the same stays as it is."""
    try:
        return "\n".join(as_python(text))
    except (NotPython, Unreadable):
        return text


server = Server()


def serve() -> None:
    """Speak the Language Server Protocol on stdin and stdout until the editor ends it."""
    server.start_io()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(this: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Look at a file at once when it is opened."""
    this.check(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def changed(this: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Look at a file when nobody has typed for a moment."""
    uri, number = params.text_document.uri, params.text_document.version
    await asyncio.sleep(PAUSE)  # pacing
    open_files = this.workspace.text_documents
    if uri in open_files and open_files[uri].version == number:
        this.check(uri)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def saved(this: Server, _params: types.DidSaveTextDocumentParams) -> None:
    """Look at all open files: they may use what was saved."""
    for uri in list(this.workspace.text_documents):
        this.check(uri)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def closed(this: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Take the marks of a closed file away."""
    uri = params.text_document.uri
    this.looked.pop(uri, None)
    this.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(this: Server, params: types.HoverParams) -> types.Hover | None:
    """Explain the findings under the pointer, or the code in a comment there."""
    looked, where = this.current(params.text_document.uri), params.position
    if looked is None:
        return None
    if named := looked.code_at(where):
        return explained([named[0]], looked.range(named[1]))
    here = [one.finding for one in looked.within(types.Range(where, where))]
    codes = [one.code for one in here]
    return explained(codes, looked.range(here[0].span)) if here else None


def explained(codes: list[str], place: types.Range) -> types.Hover | None:
    """Say what rules are about; nothing of a syntax error, or of what is no code."""
    texts = []
    for code in dict.fromkeys(codes):
        with suppress(UnknownCode):
            texts += [explain(code)] * (code not in ABOUT_FILES_CODES)
    if not texts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(texts))
    return types.Hover(content, place)


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]),
)
def code_actions(this: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer the fixes of the findings in a range, comments that silence them, and to fix all."""
    looked, wanted = this.current(params.text_document.uri), params.context.only
    actions: list[types.CodeAction] = []
    if looked is None:
        return actions
    if wanted is None or types.CodeActionKind.QuickFix in wanted:
        for one in looked.within(params.range):
            actions += quick_fixes(one, looked)
    if wanted is None or any(f"{FIX_ALL}.".startswith(f"{kind}.") for kind in wanted):
        safe = apart(one.finding for one in looked.seen if is_fixable(one.finding, unsafe=False))
        edits = [edit for one in safe if one.fix for edit in one.fix.edits]
        if edits:
            title = "Holdfast: fix all that is safe to fix"
            actions.append(types.CodeAction(title, FIX_ALL, edit=looked.changes(edits)))
    return actions


def quick_fixes(seen: Seen, looked: Looked) -> Iterator[types.CodeAction]:
    """Give the fix of a finding, and the comment that silences it."""
    finding, kind = seen.finding, types.CodeActionKind.QuickFix
    marks = [looked.diagnostic(finding)]
    if fix := finding.fix:
        unsafe = "" if fix.safe else " (may change what the program does)"
        title, edit = f"{finding.code}: {fix.message}{unsafe}", looked.changes(fix.edits)
        yield types.CodeAction(title, kind, marks, is_preferred=fix.safe, edit=edit)
    if finding.code not in ABOUT_FILES_CODES:
        title, edit = f"{finding.code}: silence it here", looked.changes([silence(seen, looked)])
        yield types.CodeAction(title, kind, marks, edit=edit)


def silence(seen: Seen, looked: Looked) -> Edit:
    """Give the edit that adds a comment, or a code to the one that is there."""
    row = seen.noqa_row
    before = looked.lines[row - 1]
    after = LINE_END.split(add_noqa(looked.text, {row: [seen.finding.code]}))[row - 1]
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), len(before))
    return Edit(Span(row, same + 1, row, len(before) + 1), after[same:])


def meets(one: types.Range, other: types.Range) -> bool:
    """Tell whether two ranges have a place in common."""
    return not (key(one.end) < key(other.start) or key(other.end) < key(one.start))


def key(where: types.Position) -> tuple[int, int]:
    """Give a position as what can be compared."""
    return where.line, where.character
