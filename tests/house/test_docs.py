"""The documents stay true: what the product has is described, and what is described exists."""

import json
import re
import subprocess

import pytest

from smo.config.env import KNOWN
from smo.shelf import things
from tests.house import source

DOCS = source.ROOT / "docs"
HOSTS = re.compile(r"(files\.pythonhosted|registry\.npmjs|pypi\.org/simple|index-url|find-links|deb\.debian\.org)")
MACHINE = re.compile(r"(?<![\w.])/(" + "work|root" + r")/(?!\.\.)")


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=source.ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: nothing is tracked")
    return [name for name in listed.stdout.splitlines() if (source.ROOT / name).is_file()]


def _headings(document: str) -> str:
    text = (DOCS / "reference" / document).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.startswith("#"))


def test_docs_every_setting_has_its_heading() -> None:
    headings = _headings("settings.md")
    assert [name for name in sorted(KNOWN | {"DATABASE_URL"}) if f"`{name}`" not in headings] == []


def test_docs_every_command_has_its_heading() -> None:
    headings = _headings("commands.md")
    verbs = [p.stem for p in (source.SMO / "cli" / "commands").glob("*.py") if p.stem != "__init__"]
    assert [verb for verb in verbs if f"`smo {verb}`" not in headings] == []


def test_docs_every_label_type_has_its_heading() -> None:
    headings = _headings("label-types.md")
    assert [name for name in things("smo.labeltypes", "NAME") if f"`{name}`" not in headings] == []


def test_docs_every_kpi_has_its_heading() -> None:
    headings = _headings("kpis.md")
    assert [name for name in things("smo.measure.kpis", "KPI") if f"`{name}`" not in headings] == []


def test_docs_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in [*DOCS.rglob("*.md"), *source.ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not (document.parent / target).exists():
                broken.append(f"{document.name} -> {target}")
    assert broken == []


def test_docs_a_decision_is_one_page() -> None:
    decisions = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert decisions
    assert [d.name for d in decisions if len(d.read_text(encoding="utf-8").splitlines()) > 60] == []
    numbers = [d.name[:4] for d in decisions]
    assert len(numbers) == len(set(numbers))


def test_docs_readme_shows_the_two_commands() -> None:
    text = (source.ROOT / "README.md").read_text(encoding="utf-8")
    assert "./dev up" in text
    assert "./dev test" in text


def test_docs_no_host_of_a_registry_and_no_path_of_a_machine_is_tracked() -> None:
    found = []
    for name in _tracked():
        if name.endswith((".png", ".woff2", ".lock", ".gz", ".parquet", ".mo")) or name == "tests/house/test_docs.py":
            continue
        text = (source.ROOT / name).read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {m.group(0)}" for pattern in (HOSTS, MACHINE) for m in pattern.finditer(text)]
    assert [f for f in found if not f.startswith("dev: ")] == []


def test_docs_the_lock_files_name_no_host() -> None:
    text = (source.ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "psycopg-c=" not in text, "psycopg-c breaks the import where libpq is missing"
    packages = json.loads((source.ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_docs_every_version_names_the_same_release() -> None:
    project = (source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "([^"]+)"', project, re.MULTILINE)
    assert version is not None
    assert f"## {version.group(1)}" in (source.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
