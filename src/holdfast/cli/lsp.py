"""`holdfast check --lsp`: the checker as a language server, for editors. Needs the extra `lsp`."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from holdfast.check.config import ConfigError, Resolver, Settings
from holdfast.check.finding import Edit, Finding, Span
from holdfast.check.fixing import apart, is_fixable
from holdfast.check.project import Project
from holdfast.check.run import check_text
from holdfast.check.selection import UnknownCode, explain

SOURCE = "holdfast"
# Seconds after the last key before a file is looked at.
PAUSE = 0.2
SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"


class Server(LanguageServer):
    """Keeps what was found in each open file, for hovers and quick fixes."""

    def __init__(self) -> None:
        super().__init__("holdfast-check", version("holdfast"))
        self.findings: dict[str, list[Finding]] = {}

    def check(self, uri: str) -> None:
        """Look at an open file and tell the editor what was found."""
        document = self.workspace.get_text_document(uri)
        path = Path(uris.to_fs_path(uri) or document.filename or "untitled.py")
        self.findings[uri] = self._found(document.source, path)
        lines = document.source.split("\n")
        diagnostics = [diagnostic(one, lines) for one in self.findings[uri]]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics, document.version)
        )

    def _found(self, text: str, path: Path) -> list[Finding]:
        try:
            settings = Resolver().for_file(path)
        except (ConfigError, UnknownCode) as error:
            params = types.ShowMessageParams(types.MessageType.Error, f"Holdfast: {error}")
            self.window_show_message(params)
            settings = Settings(path.parent)
        if settings.excludes_above(path):
            return []
        # Other open files count as they are in the editor, not as they are on the disk.
        project = Project([path])
        for uri, other in self.workspace.text_documents.items():
            place = uris.to_fs_path(uri)
            if place and Path(place) != path and place.endswith((".py", ".pyi")):
                project.offer(other.source, Path(place))
        return check_text(text, path, settings, project)


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
    this.findings.pop(uri, None)
    this.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(this: Server, params: types.HoverParams) -> types.Hover | None:
    """Explain the findings under the pointer."""
    uri, position = params.text_document.uri, params.position
    lines = this.workspace.get_text_document(uri).source.split("\n")
    here = [one for one in this.findings.get(uri, ()) if holds(lines_range(one.span, lines), position)]
    # A syntax error has no page.
    texts = [explain(one.code) for one in here if not one.code.startswith("WSK0")]
    if not texts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(texts))
    return types.Hover(content, lines_range(here[0].span, lines))


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL]),
)
def code_actions(this: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer the fixes of the findings in a range, comments that silence them, and to fix all."""
    uri = params.text_document.uri
    lines = this.workspace.get_text_document(uri).source.split("\n")
    found = this.findings.get(uri, [])
    wanted = params.context.only
    actions: list[types.CodeAction] = []
    if wanted is None or types.CodeActionKind.QuickFix in wanted:
        for one in found:
            if meets(lines_range(one.span, lines), params.range):
                actions += quick_fixes(one, uri, lines)
    if wanted is None or any(FIX_ALL.startswith(kind) for kind in wanted):
        safe = apart(one for one in found if is_fixable(one, unsafe=False))
        edits = [edit for one in safe if one.fix for edit in one.fix.edits]
        if edits:
            title = "Holdfast: fix all that is safe to fix"
            actions.append(types.CodeAction(title, FIX_ALL, edit=changes(edits, uri, lines)))
    return actions


def quick_fixes(finding: Finding, uri: str, lines: list[str]) -> list[types.CodeAction]:
    """Give the fix of a finding, and the comment that silences it."""
    marks = [diagnostic(finding, lines)]
    actions = []
    if finding.fix:
        unsafe = "" if finding.fix.safe else " (may change what the program does)"
        title = f"{finding.code}: {finding.fix.message}{unsafe}"
        edit = changes(list(finding.fix.edits), uri, lines)
        kind = types.CodeActionKind.QuickFix
        actions.append(types.CodeAction(title, kind, marks, is_preferred=finding.fix.safe, edit=edit))
    line = lines[finding.span.row - 1]
    if "# noqa" not in line:
        end = Span(finding.span.row, len(line) + 1, finding.span.row, len(line) + 1)
        edit = changes([Edit(end, f"  # noqa: {finding.code}")], uri, lines)
        title = f"{finding.code}: silence it on this line"
        actions.append(types.CodeAction(title, types.CodeActionKind.QuickFix, marks, edit=edit))
    return actions


def changes(edits: list[Edit], uri: str, lines: list[str]) -> types.WorkspaceEdit:
    """Give edits as an editor takes them; the same twice, as of an import, once."""
    once = sorted(set(edits))
    return types.WorkspaceEdit(
        {uri: [types.TextEdit(lines_range(one.span, lines), one.text) for one in once]}
    )


def diagnostic(finding: Finding, lines: list[str]) -> types.Diagnostic:
    """Give a finding as an editor shows it."""
    help_ = f"\nHelp: {finding.help}" if finding.help else ""
    return types.Diagnostic(
        lines_range(finding.span, lines),
        finding.message + help_,
        severity=SEVERITIES.get(finding.severity),
        code=finding.code,
        source=SOURCE,
    )


def lines_range(span: Span, lines: list[str]) -> types.Range:
    """Count as editors do: from 0, in UTF-16."""
    return types.Range(
        position(span.row, span.column, lines), position(span.end_row, span.end_column, lines)
    )


def position(row: int, column: int, lines: list[str]) -> types.Position:
    """Turn a row and column of ours into an editor's."""
    if row > len(lines):
        return types.Position(len(lines), 0)
    before = lines[row - 1][: column - 1]
    return types.Position(row - 1, len(before.encode("utf-16-le", "surrogatepass")) // 2)


def holds(place: types.Range, where: types.Position) -> bool:
    """Tell whether a position is in a range."""
    return meets(place, types.Range(where, where))


def meets(one: types.Range, other: types.Range) -> bool:
    """Tell whether two ranges have a place in common."""
    return not (key(one.end) < key(other.start) or key(other.end) < key(one.start))


def key(where: types.Position) -> tuple[int, int]:
    """Give a position as what can be compared."""
    return where.line, where.character
