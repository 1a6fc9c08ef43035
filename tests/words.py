"""Collects every sentence that people read, and brings the French catalogue up to date (`make words`)."""

import ast
import inspect
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FRENCH = ROOT / "bot" / "locale" / "fr.po"
FOLDERS = ("bot", "commands")
# `self` is how the words speak to themselves in bot/i18n.py.
KEYWORDS = {"N_": None, "words": None, "self": None, "plural": (1, 2)}
# Headers that change at each run, or name people and places that this project does not have.
_NOT_OURS = re.compile(r'^"(?!Language:|Plural-Forms|MIME|Content)[A-Z][\w-]+: .*\n', re.MULTILINE)


def collect() -> Catalog:
    """Every sentence of the code: in calls of `words`, `words.plural` and `N_`, and the docstrings of errors."""
    catalog = Catalog(locale="fr", header_comment="# Touchline in French.", charset="utf-8", fuzzy=False)
    for path in _modules():
        where = path.relative_to(ROOT).as_posix()
        with path.open("rb") as source:
            for _, sentence, _, _ in extract("python", source, keywords=KEYWORDS):
                catalog.add(sentence, locations=[(where, None)])
    for where, sentence in _errors():
        catalog.add(sentence, locations=[(where, None)])
    return catalog


def read_french() -> Catalog:
    """The French catalogue as it stands in the repository."""
    if not FRENCH.exists():
        return Catalog(locale="fr", charset="utf-8", fuzzy=False)
    with FRENCH.open("rb") as stored:
        return read_po(stored, locale="fr")


def missing(french: Catalog) -> list[str]:
    """The sentences without French."""
    return [texts(message.id)[0] for message in french if message.id and not all(texts(message.string))]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def merged() -> tuple[Catalog, list[str]]:
    """The catalogue with today's sentences and the French it had, and the sentences that are gone."""
    french, today = read_french(), collect()
    known = {texts(message.id): message.string for message in french if message.id}
    for message in today:
        if message.id:
            message.string = known.get(texts(message.id), message.string)
    ids = {texts(message.id) for message in today}
    return today, [sentence[0] for sentence in known if sentence not in ids]


def write(french: Catalog) -> None:
    """Store the catalogue, sorted, without what changes at each run."""
    written = io.BytesIO()
    write_po(written, french, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)
    text = _NOT_OURS.sub("", written.getvalue().decode())
    FRENCH.write_text(text, encoding="utf-8")


def main() -> None:
    """Bring the catalogue up to date and say what is left to translate."""
    french, gone = merged()
    write(french)
    for sentence in gone:
        print(f"gone:     {sentence}")
    for sentence in missing(french):
        print(f"missing:  {sentence}")
    print(f"{len(french)} sentences, {len(missing(french))} without French: {FRENCH.relative_to(ROOT)}")


def _modules() -> Iterator[Path]:
    for folder in FOLDERS:
        paths = sorted((ROOT / folder).rglob("*.py"))
        yield from (path for path in paths if "playground" not in path.parts)


def _errors() -> Iterator[tuple[str, str]]:
    """The first paragraph of each error's docstring; a class is an error when one of its bases is."""
    classes = [
        (path.relative_to(ROOT).as_posix(), node)
        for path in _modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    errors = {"BotError"}
    while more := {node.name for _, node in classes if errors & set(_bases(node))} - errors:
        errors |= more
    for where, node in classes:
        docstring = ast.get_docstring(node)
        if node.name in errors and docstring:
            yield where, " ".join(inspect.cleandoc(docstring).split("\n\n")[0].split())


def _bases(node: ast.ClassDef) -> Iterator[str]:
    for base in node.bases:
        if isinstance(base, ast.Name | ast.Attribute):
            yield base.id if isinstance(base, ast.Name) else base.attr


def texts(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of a sentence: one, or two where it counts something."""
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


if __name__ == "__main__":
    sys.exit(main())
