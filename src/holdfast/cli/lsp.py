"""`holdfast check --lsp`: the checker as a language server, for editors. Needs the extra `lsp`."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from holdfast.check.files.parallel import deep_calls
from holdfast.check.files.selection import ABOUT_FILES_CODES, UnknownCode, explain
from holdfast.cli.lsp_checks import STACK, Checks, Job
from holdfast.cli.lsp_look import SOURCE, Document, Looked, Mark, moved

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"
# Python looks for garbage less often: trees are large, and none while they are built.
COLLECTIONS = (100_000, 50, 100)
# Seconds to wait for a look at what was typed a moment ago, whose fixes are asked for.
PATIENCE = 0.5
# Nobody reads the fixes of more findings in one menu.
MOST = 50
# Seconds after which who computes lets others have a turn; Python's own 0.005 are felt.
TURN = 0.001


class Server(LanguageServer):
    """Keeps what was found in each open file, for hovers and quick fixes."""

    def __init__(self) -> None:
        # Whole texts: what counts changes divides lines where Python and editors do not.
        full = types.TextDocumentSyncKind.Full
        super().__init__("holdfast-check", version("holdfast"), text_document_sync_kind=full)
        self.checks = Checks(self.begin, self.tell, self.log)
        self.looked: dict[str, Looked] = {}
        self.told = ""

    def document(self, uri: str) -> Document | None:
        """Give an open file as it is now; None if it is not open."""
        found = self.workspace.text_documents.get(uri)
        if found is None:
            return None
        units = self.workspace.position_codec.client_num_units
        return Document(uri, place_of(found), found.source, found.version, units)

    def begin(self, uri: str) -> Job | None:
        """Give all that a look at a file needs; None if it is not open."""
        document = self.document(uri)
        if document is None:
            return None
        others = {}
        for one in self.workspace.text_documents.values():
            place = place_of(one)
            # Others than files, such as `git:`, show what a file was at some time.
            is_file = one.uri.startswith("file:") and place.suffix in (".py", ".pyi")
            if is_file and place != document.path:
                others[place] = one.source
        return Job(document, others)

    def tell(self, looked: Looked) -> None:
        """Tell the editor what was found in a file, if it is still the same."""
        document = looked.document
        if not self.is_current(looked):
            return
        self.looked[document.uri] = looked
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                document.uri, [one.shown for one in looked.marks], document.version
            )
        )
        for one in looked.failures:
            who = one.code or "Holdfast"
            self.log(f"{who} failed on {one.filename} ({one.error}).")
        # Once is enough.
        if looked.wrong and looked.wrong != self.told:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Error, looked.wrong))
        self.told = looked.wrong

    def log(self, sentence: str) -> None:
        """Write into the editor's log what only we can mend."""
        message = f"{sentence} This is a defect of Holdfast: please report it."
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def is_current(self, looked: Looked | None) -> bool:
        """Tell whether a file is still as it was looked at."""
        if looked is None:
            return False
        now, then = self.workspace.text_documents.get(looked.document.uri), looked.document
        return bool(now and (now.version, now.source) == (then.version, then.text))

    async def current(self, uri: str) -> Looked | None:
        """Give what is found in a file as it is now; None if that takes too long."""
        if uri not in self.workspace.text_documents:
            return None
        if not self.is_current(self.looked.get(uri)):
            self.checks.now(uri)
            await self.checks.wait(lambda: self.is_current(self.looked.get(uri)), PATIENCE)
        looked = self.looked.get(uri)
        return looked if self.is_current(looked) else None


def place_of(document: TextDocument) -> Path:
    """Give the path of a document, which need not be on the disk."""
    return Path(uris.to_fs_path(document.uri) or document.filename or "untitled.py")


server = Server()


def serve() -> int:
    """Speak the Language Server Protocol on stdin and stdout until the editor ends it.

    Returns the exit code.
    """
    with suppress(ValueError, RuntimeError):  # a system that has other ideas
        threading.stack_size(STACK)
    sys.setswitchinterval(TURN)
    gc.set_threshold(*COLLECTIONS)
    with deep_calls():
        server.start_io()
    # What a look has left is not tidied up, for which the editor would have to wait.
    gc.freeze()
    return 0 if server.checks.stopped else 1


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(this: Server, params: types.DidOpenTextDocumentParams) -> None:
    """Look at a file at once when it is opened."""
    this.checks.now(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def changed(this: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Look at a file when nobody has typed for a moment."""
    this.checks.soon(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def saved(this: Server, params: types.DidSaveTextDocumentParams) -> None:
    """Look at all open files: they may use what was saved."""
    for uri in [*this.workspace.text_documents, params.text_document.uri]:
        this.checks.now(uri)  # the last one first


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def closed(this: Server, params: types.DidCloseTextDocumentParams) -> None:
    """Take the marks of a closed file away."""
    uri = params.text_document.uri
    this.checks.forget(uri)
    this.looked.pop(uri, None)
    this.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


@server.feature(types.SHUTDOWN)
def ended(this: Server, _params: None) -> None:
    """Look at nothing more."""
    this.checks.stop()


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(this: Server, params: types.HoverParams) -> types.Hover | None:
    """Explain the findings under the pointer, or the code in a comment there."""
    uri, where = params.text_document.uri, params.position
    document, looked = this.document(uri), this.looked.get(uri)
    if document and (named := document.code_at(where)):
        return explained([named[0]], named[1])
    # Nobody waits for a look: marks that are not new are where the text has stayed the same.
    then = moved(where, document, looked.document) if document and looked else None
    if looked is None or then is None:
        return None
    here = list(looked.within(types.Range(then, then)))
    if not here:
        return None
    place, by = here[0].shown.range, where.line - then.line
    return explained([one.finding.code for one in here], lower(place, by))


def lower(place: types.Range, by: int) -> types.Range:
    """Give a range so many lines further down."""
    start, end = place.start, place.end
    return types.Range(
        types.Position(start.line + by, start.character),
        types.Position(end.line + by, end.character),
    )


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
async def code_actions(this: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Offer the fixes of the findings in a range, comments that silence them, and to fix all."""
    looked, wanted = await this.current(params.text_document.uri), params.context.only
    actions: list[types.CodeAction] = []
    if looked is None:
        return actions
    if wanted is None or types.CodeActionKind.QuickFix in wanted:
        for mark in list(looked.within(params.range))[:MOST]:
            actions += quick_fixes(mark, looked.document)
    if wanted is None or any(f"{FIX_ALL}.".startswith(f"{kind}.") for kind in wanted):
        if looked.safe_edits:
            title = "Holdfast: fix all that is safe to fix"
            edit = looked.document.changes(looked.safe_edits)
            actions.append(types.CodeAction(title, FIX_ALL, edit=edit))
    return actions


def quick_fixes(mark: Mark, document: Document) -> Iterator[types.CodeAction]:
    """Give the fix of a finding, and the comment that silences it."""
    finding, kind = mark.finding, types.CodeActionKind.QuickFix
    if fix := finding.fix:
        unsafe = "" if fix.safe else " (may change what the program does)"
        title, edit = f"{finding.code}: {fix.message}{unsafe}", document.changes(fix.edits)
        yield types.CodeAction(title, kind, [mark.shown], is_preferred=fix.safe, edit=edit)
    if finding.code not in ABOUT_FILES_CODES:
        title, edit = f"{finding.code}: silence it here", document.changes([mark.silence])
        yield types.CodeAction(title, kind, [mark.shown], edit=edit)
