"""What `holdfast check` does: check, mend, show, and say how it went."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from holdfast.check.code.project import Project
from holdfast.check.files.cache import FOLDER, Cache
from holdfast.check.files.config import Resolver
from holdfast.check.files.discovery import Unlistable, find_files
from holdfast.check.files.fixing import diff, is_fixable
from holdfast.check.files.mending import Mended, has_fixes, mend_file, mend_source, silence_file
from holdfast.check.files.parallel import Checked, Checker, shown
from holdfast.check.files.run import Examined, Failure, Seen, check_source, read_source, unreadable
from holdfast.check.files.selection import ABOUT_FILES_CODES
from holdfast.check.files.sources import NotPython, Unreadable
from holdfast.check.report import Report, plain, render
from holdfast.cli.check_options import Options
from holdfast.cli.check_output import (
    CouldNotCheck,
    echo,
    is_terminal,
    paint,
    progress,
    use_colour,
    write,
    write_raw,
)

# Fewer files are done before anybody has read a progress bar.
MANY = 200
OURS = "This is a defect of Holdfast: please report it, with the file if you may."
FAILURES = (NotPython, Unreadable, OSError)


class Run:
    """One call of the command. What it returns is the exit code."""

    def __init__(self, options: Options, resolver: Resolver) -> None:
        self.options = options
        self.resolver = resolver
        self.here = resolver.for_folder(Path.cwd())
        self.broken = False
        self.mended: list[tuple[str, Mended]] = []

    def __call__(self) -> int:
        """Do what was asked for."""
        if self.options.show_files:
            return self.show_files()
        return self.on_stdin() if self.options.reads_stdin else self.on_files()

    def show_files(self) -> int:
        """List the files that would be checked."""
        files, _ = self._find()
        if files:
            echo("\n".join(shown(one) for one in files))
        return 0

    # -- on files and on the standard input --------------------------------------------------------

    def on_files(self) -> int:
        """Check files and folders."""
        files, unlistable = self._find()
        checker = Checker(self._cache(), self.options.jobs)
        with_bar = self._wants_bar(len(files))
        checked = list(
            progress(checker.check(files), len(files)) if with_bar else checker.check(files)
        )
        checked += unlistable
        if not checked:
            self._say("There is no Python file here.")
        if self.options.add_noqa:
            return self._add_noqa(checked)
        if self.options.mends or self.options.diff:
            checked = [self._mend(one, checker.project) for one in checked]
        if self.options.diff:
            return self._show_diff(checked)
        return self._show(checked)

    def on_stdin(self) -> int:
        """Check what comes from the standard input; `--fix` writes it, mended, to the output."""
        path = self.options.stdin_filename or Path("-")
        if sys.stdin is None:
            raise CouldNotCheck("there is no standard input")
        raw = sys.stdin.buffer.read()
        changes = self.options.mends
        checked = []
        if not (self.options.force_exclude and self.resolver.for_file(path).excludes_above(path)):
            project = Project()
            examined = check_source(lambda: read_source(raw, path), path, str(path), project)
            checked = [Checked(path, str(path), examined)]
            if changes or self.options.diff:
                checked = [self._mend(one, project, raw) for one in checked]
        if self.options.diff:
            return self._show_diff(checked)
        if changes:
            content = self.mended[0][1].fixed.source.content() if self.mended else raw
            write_raw(content)
        return self._show(checked, err=changes)

    def _find(self) -> tuple[list[Path], list[Checked]]:
        """Find the files to check, and the folders that cannot be listed."""
        files: list[Path] = []
        unlistable = []
        paths = self.options.paths or (Path(),)
        for found in find_files(paths, self.resolver, self.options.force_exclude):
            if isinstance(found, Unlistable):
                name = shown(found.path)
                seen = Examined((unreadable(name, str(found)),))
                unlistable.append(Checked(found.path, name, seen))
            else:
                files.append(found)
        return files, unlistable

    def _cache(self) -> Cache | None:
        if self.options.no_cache:
            return None
        return Cache(self.options.cache_dir or self.here.root / FOLDER)

    def _wanted(self, checked: Checked) -> list[Seen]:
        return checked.examined.wanted(self.resolver.for_file(checked.path), checked.path)

    def _seen(self, checked: Sequence[Checked]) -> list[Seen]:
        return [seen for one in checked for seen in self._wanted(one)]

    # -- changing files ----------------------------------------------------------------------------

    def _mend(self, checked: Checked, project: Project, raw: bytes | None = None) -> Checked:
        """Apply the fixes of a file, and give what is left."""
        settings = self.resolver.for_file(checked.path)
        if not has_fixes(self._wanted(checked), settings):
            return checked
        try:
            if raw is None:
                mended = mend_file(checked, settings, project, write=not self.options.diff)
            else:
                source = read_source(raw, checked.path)
                mended = mend_source(source, checked.path, checked.filename, settings, project)
        except FAILURES as error:
            self._complain(f"{checked.filename} was not changed: {why(error)}")
            return checked
        for code, name, reason in sorted(mended.fixed.dropped):
            self._complain(f"{checked.filename}: {code} {name} is not fixed, {reason}. {OURS}")
        if mended.changed:
            self.mended.append((checked.filename, mended))
        return checked._replace(examined=mended.fixed.examined)

    def _add_noqa(self, checked: Sequence[Checked]) -> int:
        """Silence everything that is found."""
        count = 0
        for one in checked:
            try:
                count += silence_file(one.path, self._wanted(one))
            except FAILURES as error:
                self._complain(f"{one.filename} was not changed: {why(error)}")
        self._complain_of_rules(checked)
        if count or not self.options.quiet:
            echo(f"Added {count} noqa comment{'' if count == 1 else 's'}.", err=True)
        faults = self._tell_faults(checked)
        return 2 if self.broken else 1 if faults else 0

    # -- showing -----------------------------------------------------------------------------------

    def _show(self, checked: Sequence[Checked], err: bool = False) -> int:
        """Show what was found."""
        options = self.options
        seen = self._seen(checked)
        failures = self._complain_of_rules(checked)
        colour = self._colour(sys.stderr if err else sys.stdout) and options.output_file is None
        report = Report(
            seen,
            failures,
            fixed=sum(sum(one.fixed.done.values()) for _, one in self.mended),
            unsafe=self.here.unsafe_fixes,
            quiet=options.quiet or options.silent,
            paint=paint if colour else plain,
        )
        if options.show_fixes:
            self._list_fixes()
        if options.fix_only:
            return self._show_fixed(checked, report.fixed)
        text = render(report, options.output_format, options.statistics)
        if options.silent:
            pass
        elif options.output_file:
            write(options.output_file, f"{text}\n")
        elif text:
            echo(text, err, colour)
        if self.broken:
            return 2
        found = bool(seen) and not options.exit_zero
        return 1 if found or (options.exit_non_zero_on_fix and self.mended) else 0

    def _show_fixed(self, checked: Sequence[Checked], done: int) -> int:
        """Say how much was mended, and nothing of what is left."""
        self._say(f"Fixed {done} mistake{'' if done == 1 else 's'}.")
        faults = self._tell_faults(checked)
        failed = faults or (done and self.options.exit_non_zero_on_fix)
        return 2 if self.broken else 1 if failed else 0

    def _show_diff(self, checked: Sequence[Checked]) -> int:
        """Show what would change."""
        colour = self._colour(sys.stdout)
        for filename, mended in self.mended:
            lines = diff(filename, mended.before, mended.fixed.source)
            echo("\n".join(paint(one, one[0]) if colour else one for one in lines), False, colour)
        self._complain_of_rules(checked)
        done = sum(sum(one.fixed.done.values()) for _, one in self.mended)
        faults, left = self._tell_faults(checked), self._seen(checked)
        more = sum(is_fixable(one.finding, True) for one in left)
        hinted = more and not self.here.unsafe_fixes
        hint = f" ({more} more with `--unsafe-fixes`)" if hinted else ""
        self._say(f"Would fix {done} mistake{'' if done == 1 else 's'}{hint}.")
        return 2 if self.broken else 1 if self.mended or faults else 0

    def _tell_faults(self, checked: Sequence[Checked]) -> list[Seen]:
        """Tell what could not be looked at, which does not mean that there is nothing to do."""
        faults = [one for one in self._seen(checked) if one.finding.code in ABOUT_FILES_CODES]
        if faults:
            echo(render(Report(faults, quiet=True), "concise"), True, self._colour(sys.stderr))
        return faults

    def _list_fixes(self) -> None:
        """Say what was mended, file by file."""
        for filename, mended in self.mended:
            echo(f"Fixed in {filename}:", err=True)
            for (code, name), count in sorted(mended.fixed.done.items()):
                echo(f"    {count} x {code} {name}", err=True)

    def _complain_of_rules(self, checked: Sequence[Checked]) -> list[Failure]:
        """Say which rules broke, of those that are wanted."""
        failures = [
            failure
            for one in checked
            for failure in one.examined.failures
            if failure.code in ("", *self.resolver.for_file(one.path).codes(one.path))
        ]
        for failure in failures:
            who = f"{failure.code} {failure.name}" if failure.code else "The checker"
            self._complain(f"{who} failed on {failure.filename} ({failure.error}). {OURS}")
        return failures

    def _complain(self, sentence: str) -> None:
        self.broken = True
        echo(f"Error: {sentence}", True, self._colour(sys.stderr))

    def _say(self, sentence: str) -> None:
        if not (self.options.quiet or self.options.silent):
            echo(sentence, err=True)

    def _colour(self, stream: TextIO | None) -> bool:
        return use_colour(stream, self.options.color)

    def _wants_bar(self, count: int) -> bool:
        """Tell whether somebody looks at a terminal, and long enough."""
        options, err = self.options, is_terminal(sys.stderr)
        shows = is_terminal(sys.stdout) or options.output_file is not None
        return count >= MANY and err and shows and not (options.quiet or options.silent)


def why(error: Exception) -> str:
    """Say why, without the path, which is told anyway."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
