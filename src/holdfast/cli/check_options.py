"""The options of `holdfast check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from holdfast.check.files.config import Layer, PerFile
from holdfast.check.files.patterns import BadPattern, Pattern
from holdfast.check.files.selection import Choice, UnknownCode, explain, prefixes
from holdfast.check.report import FORMATS
from holdfast.cli.check_output import echo

Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What was said on the command line."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    extend_ignore: tuple[str, ...]
    per_file_ignores: tuple[tuple[str, str], ...]
    extend_per_file_ignores: tuple[tuple[str, str], ...]
    ignore_noqa: bool
    fix: bool
    fix_only: bool
    unsafe_fixes: bool | None
    fixable: tuple[str, ...]
    unfixable: tuple[str, ...]
    extend_fixable: tuple[str, ...]
    diff: bool
    show_fixes: bool
    add_noqa: bool
    exit_zero: bool
    exit_non_zero_on_fix: bool
    output_format: str
    output_file: Path | None
    statistics: bool
    quiet: bool
    silent: bool
    color: str
    config: Path | None
    isolated: bool
    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool
    respect_gitignore: bool | None
    stdin_filename: Path | None
    no_cache: bool
    cache_dir: Path | None
    jobs: int | None
    show_files: bool
    list_rules: bool

    @property
    def mends(self) -> bool:
        """Whether files are changed."""
        return (self.fix or self.fix_only) and not self.diff

    @property
    def reads_stdin(self) -> bool:
        """Whether the code comes from the standard input."""
        return self.paths == (Path("-"),) or (not self.paths and self.stdin_filename is not None)

    def check(self) -> None:
        """Raise UsageError for what does not go together."""
        if Path("-") in self.paths and len(self.paths) > 1:
            raise click.UsageError("`-` stands for the standard input, and goes with no other path")
        if self.config and self.isolated:
            raise click.UsageError("--config names a file with settings, and --isolated wants none")
        if self.add_noqa and (self.mends or self.diff or self.reads_stdin):
            raise click.UsageError("--add-noqa goes with neither --fix, --diff nor `-`")
        if self.show_files and self.reads_stdin:
            raise click.UsageError("--show-files lists files, and `-` is none")
        if self.statistics and self.output_format not in ("full", "concise", "json"):
            raise click.UsageError(f"--statistics knows no format {self.output_format}")

    def layer(self) -> Layer:
        """Give what the options say about rules and files."""
        here = Path.cwd()
        choice = Choice(
            self.select or None, self.extend_select, (*self.ignore, *self.extend_ignore)
        )
        fixable = Choice(self.fixable or None, self.extend_fixable, self.unfixable)
        return Layer(
            choice,
            fixable,
            per_file(self.per_file_ignores, here) or None,
            per_file(self.extend_per_file_ignores, here),
            tuple(Pattern(one, here) for one in self.exclude) or None,
            tuple(Pattern(one, here) for one in self.extend_exclude),
            self.unsafe_fixes,
            self.ignore_noqa,
            self.respect_gitignore,
        )


def per_file(pairs: Iterable[tuple[str, str]], root: Path) -> tuple[PerFile, ...]:
    """Gather the codes of each pattern."""
    found: dict[str, tuple[str, ...]] = {}
    for glob, code in pairs:
        found[glob] = (*found.get(glob, ()), code)
    return tuple((Pattern(glob, root), codes) for glob, codes in found.items())


# -- reading values --------------------------------------------------------------------------------


def split(_ctx: click.Context, _param: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """Read what is separated by commas."""
    # Those within braces belong to a pattern.
    found = (one.strip() for value in values for one in re.findall(r"(?:\{[^{}]*\}|[^,])+", value))
    return tuple(one for one in found if one)


def codes(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """Read codes, prefixes and names."""
    found: list[str] = []
    for value in values:
        some = split(ctx, param, [value])
        if not some:
            raise click.BadParameter(f"expected codes, got {value!r}")
        found += some
    known(found)
    return tuple(found)


def globs_of(ctx: click.Context, param: click.Parameter, values: Iterable[str]) -> tuple[str, ...]:
    """Read patterns."""
    found = split(ctx, param, values)
    for one in found:
        is_glob(one)
    return found


def is_glob(text: str) -> None:
    """Raise BadParameter for what is no pattern."""
    try:
        Pattern(text, Path())
    except BadPattern as error:
        raise click.BadParameter(str(error)) from None


def pairs(
    ctx: click.Context, param: click.Parameter, values: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Read patterns with a code each."""
    found = []
    for one in split(ctx, param, values):
        # From the right, for a drive has a colon, too.
        pattern, colon, code = one.rpartition(":")
        if not (colon and pattern.strip() and code.strip()):
            raise click.BadParameter(f"expected PATTERN:CODE, got {one!r}")
        known([code.strip()])
        is_glob(pattern.strip())
        found.append((pattern.strip(), code.strip()))
    return tuple(found)


def known(selectors: Iterable[str]) -> None:
    """Raise BadParameter for what fits no rule."""
    try:
        prefixes(selectors)
    except UnknownCode as error:
        raise click.BadParameter(str(error)) from None


def show_explanation(ctx: click.Context, _param: click.Parameter, code: str | None) -> None:
    """Print what a rule is about and leave."""
    if not code or ctx.resilient_parsing:
        return
    try:
        echo(explain(code))
    except UnknownCode as error:
        raise click.UsageError(str(error)) from error
    ctx.exit()


def start_lsp(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    """Be a language server until the editor ends it."""
    if not wanted or ctx.resilient_parsing:
        return
    try:
        from holdfast.cli.lsp import serve
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in {"pygls", "lsprotocol"}:
            message = "--lsp needs the extra `lsp`: pip install 'holdfast[lsp]'"
            raise click.UsageError(message) from error
        raise
    ctx.exit(serve())


# -- the options themselves ------------------------------------------------------------------------

# What cannot be read is told like any other mistake, beside those of the other files.
PATH = click.Path(path_type=Path, readable=False)


def rules(name: str, text: str) -> Command:
    """An option that takes codes."""
    return click.option(f"--{name}", multiple=True, callback=codes, metavar="CODES", help=text)


def globs(name: str, text: str) -> Command:
    """An option that takes patterns."""
    return click.option(
        f"--{name}", multiple=True, callback=globs_of, metavar="PATTERNS", help=text
    )


def ignores(name: str, text: str) -> Command:
    """An option that takes codes for patterns."""
    return click.option(
        f"--{name}", multiple=True, callback=pairs, metavar="PATTERN:CODE", help=text
    )


def flag(name: str, text: str) -> Command:
    """An option without a value."""
    return click.option(f"--{name}", is_flag=True, help=text)


SELECTION = (
    rules("select", "Look for these alone, or for ALL."),
    rules("ignore", "Leave these out."),
    rules("extend-select", "Look for these, too."),
    click.option("--extend-ignore", multiple=True, callback=codes, hidden=True),
    ignores("per-file-ignores", "Leave these out in some files."),
    ignores("extend-per-file-ignores", "Leave these out in some files, too."),
    flag("ignore-noqa", "Tell what comments silence, too."),
)
MENDING = (
    click.option("--fix/--no-fix", default=False, help="Mend what can be mended safely."),
    flag("fix-only", "Mend, and tell nothing of what is left."),
    click.option(
        "--unsafe-fixes/--no-unsafe-fixes",
        default=None,
        help="Mend with fixes that want to be read first, too.",
    ),
    rules("fixable", "Mend these alone."),
    rules("unfixable", "Never mend these."),
    rules("extend-fixable", "Mend these, too."),
    flag("diff", "Show what --fix would change, and change nothing."),
    flag("show-fixes", "List what was mended."),
    flag("add-noqa", "Silence everything that is found with comments."),
)
OUTPUT = (
    click.option(
        "--output-format",
        type=click.Choice(list(FORMATS)),
        default="full",
        show_default=True,
        help="How findings are shown.",
    ),
    click.option("-o", "--output-file", type=PATH, metavar="FILE", help="Write findings there."),
    flag("statistics", "Count by rule."),
    click.option("-q", "--quiet", is_flag=True, help="Show findings and nothing else."),
    click.option("-s", "--silent", is_flag=True, help="Show nothing: the exit code says it."),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Whether to colour; by default on a terminal.",
    ),
    click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 though something is found."),
    flag("exit-non-zero-on-fix", "Exit with 1 if anything was mended."),
)
FILES = (
    globs("exclude", "Leave these files and folders out, instead of the usual ones."),
    globs("extend-exclude", "Leave these out, too."),
    click.option(
        "--force-exclude/--no-force-exclude",
        default=False,
        help="Leave files out even where PATHS names them.",
    ),
    click.option(
        "--respect-gitignore/--no-respect-gitignore",
        default=None,
        help="Leave out what version control ignores; the default.",
    ),
    flag("show-files", "List the files that would be looked at, and exit."),
    click.option(
        "--stdin-filename", type=PATH, metavar="FILE", help="What the code on stdin is called."
    ),
)
OTHERS = (
    click.option("--config", type=PATH, metavar="FILE", help="Read the settings of this file."),
    flag("isolated", "Read no settings."),
    click.option("-n", "--no-cache", is_flag=True, help="Neither read nor write the cache."),
    click.option("--cache-dir", type=PATH, metavar="FOLDER", help="Where the cache is."),
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(min=1),
        metavar="NUMBER",
        help="How many processes look at files.",
    ),
    flag("list-rules", "List all rules, and exit."),
    click.option(
        "--explain",
        metavar="CODE",
        is_eager=True,
        expose_value=False,
        callback=show_explanation,
        help="Say what a rule is about, and exit.",
    ),
    click.option(
        "--lsp",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=start_lsp,
        help="Be a language server on stdin and stdout, for editors.",
    ),
)


def all_options(command: Command) -> Command:
    """Add every option to the command, in the order of its help."""
    listed = (*SELECTION, *MENDING, *OUTPUT, *FILES, *OTHERS)
    for option in (click.argument("paths", nargs=-1, type=PATH), *listed)[::-1]:
        command = option(command)
    return command
