"""Documents that say what is: each is compared with the code, both ways."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.house.checkout import PACKAGES, ROOT, files, listed, text, tree

DOCUMENTS = files(".md")
DECISIONS = files(".md", under=("docs/adr",))


def test_every_config_key_is_explained_and_nothing_else() -> None:
    """docs/config.md has one table row for each key of config.yaml."""
    said = {f"{section}.{key}" for section, keys in yaml.safe_load(text("config.yaml")).items() for key in keys}
    explained = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", text("docs/config.md")))

    assert said - explained == set()
    assert {it for it in explained - said if it.split(".")[0] in _sections()} == set()


def test_every_native_topic_is_explained() -> None:
    """docs/topics.md names each native topic; the native dialect takes no other."""
    documented = set(re.findall(r"street/(?:<[a-z_]+>|incidents)/(?:[a-z]+|<[a-z_]+>)", text("docs/topics.md")))

    assert documented == {
        "street/<asset_id>/telemetry",
        "street/<asset_id>/status",
        "street/<asset_id>/snapshot",
        "street/incidents/<source>",
    }


def test_every_dialect_is_explained() -> None:
    """Who adds a dialect tells the people who install devices."""
    dialects = [Path(it).stem for it in files(".py", under=("ingest/dialects",)) if not it.endswith("__init__.py")]

    assert [it for it in dialects if f"`{it}`" not in text("docs/topics.md")] == []


def test_every_word_of_the_vocabulary_is_used() -> None:
    """What stands in the table's *code* column is really what the code says."""
    rows = [re.split(r"(?<!\\)\|", line) for line in text("docs/vocabulary.md").splitlines() if line.startswith("| ")]
    promised = {word for row in rows[1:] for word in re.findall(r"`(\w+)`", row[3])}

    assert len(promised) > 30
    assert promised - _words_of_the_code() == set()


def test_every_folder_is_on_the_map_and_the_map_names_nothing_else() -> None:
    """docs/house.md draws the folders; a newcomer trusts it."""
    drawn = set(re.findall(r"^([a-z][\w./-]*/)(?: |$)", text("docs/house.md"), re.MULTILINE))
    real = {f"{Path(name).parent}/" for name in listed() if "/" in name and name.startswith(PACKAGES)}

    assert real - drawn == set()
    assert {it for it in drawn if not (ROOT / it).is_dir()} == set()


@pytest.mark.parametrize(
    "name", [it for it in DOCUMENTS if it.split("/")[0] in {"README.md", "CONTRIBUTING.md", "docs"}]
)
def test_every_command_a_document_names_exists(name: str) -> None:
    """`make something` in a sentence is a promise."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})make ([a-z][a-z-]*)", text(name), re.MULTILINE))

    assert named - targets == set()


def test_readme_shows_the_two_commands() -> None:
    """They stand on the first screen."""
    first_screen = "\n".join(text("README.md").splitlines()[:40])

    assert "make demo" in first_screen
    assert "make test" in first_screen
    assert "docs/wall.png" in first_screen


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name: str) -> None:
    """Links inside the checkout only; a picture counts."""
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text(name)) if "://" not in link]

    assert [link for link in links if link and not (ROOT / Path(name).parent / link).exists()] == []


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_fits_a_page_and_says_what_would_change_it(name: str) -> None:
    """Context, decision, consequences, and when to think again."""
    said = text(name)

    assert re.findall(r"^## (.+)$", said, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "What would change it",
    ]
    assert said.count("\n") <= 60


def test_the_command_for_ci_is_the_one_in_readme() -> None:
    """What a stranger runs is what lands a change."""
    assert re.search(r"^make test$", text(".ci/run"), re.MULTILINE)


def test_every_target_of_the_makefile_explains_itself() -> None:
    """`make` alone lists them."""
    rules = re.findall(r"^([a-z]+):(.*)$", text("Makefile"), re.MULTILINE)

    assert len(rules) > 10
    assert [name for name, rest in rules if "## " not in rest] == []


@cache
def _sections() -> frozenset[str]:
    return frozenset(yaml.safe_load(text("config.yaml")))


@cache
def _words_of_the_code() -> frozenset[str]:
    """Return every identifier and every short string of the packages, and the package names."""
    words = set(PACKAGES)
    for name in files(".py", under=PACKAGES):
        for node in ast.walk(tree(name)):
            match node:
                case ast.FunctionDef(name=it) | ast.AsyncFunctionDef(name=it) | ast.ClassDef(name=it) | ast.arg(arg=it):
                    words.add(it)
                case ast.Name(id=it) | ast.Attribute(attr=it) | ast.Constant(value=str(it)):
                    words.add(it)
    return frozenset(words)
