"""Bring items, past decisions, gold or predictions from a table into a project."""
# ruff: noqa: N999 - the verb's name is Python's own word; files are loaded by name, never imported by statement

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from smo.catalog import actions as catalog
from smo.catalog.rules.projects import ProjectSettings
from smo.cli.faults import CommandFault
from smo.cli.progress import say
from smo.intake import actions as intake
from smo.intake import queries
from smo.intake.rules.mapping import ROLES
from smo.jobs import imports
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import SYSTEM, Actor
from smo.labeling import actions as labeling
from smo.people import queries as people

File = Annotated[Path | None, typer.Argument(help="CSV, TSV, JSONL or Parquet, also .gz and .zst.", show_default=False)]
Project = Annotated[str, typer.Option(help="The project's code.")]
Kind = Annotated[str, typer.Option(help="What the file holds: items, decisions, gold or predictions.")]
Map = Annotated[
    list[str], typer.Option("--map", metavar="ROLE=COLUMN", help="Which column is what, where the guess is wrong.")
]
MakeQuestions = Annotated[
    bool, typer.Option("--make-questions", help="Make the project's questions from the labels when it has none.")
]
CreateProject = Annotated[
    str, typer.Option("--create-project", metavar="NAME", help="Make the project, with this name, where it is not.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Try it on the beginning of the file; nothing is stored.")]
Resume = Annotated[str, typer.Option(metavar="ID", help="Go on with an import that was cut off.")]
By = Annotated[str, typer.Option(metavar="EMAIL", help="In whose name; the system's when left out.")]


def command(
    file: File = None,
    *,
    project: Project = "",
    kind: Kind = "items",
    map_: Map = [],  # noqa: B006 - typer copies it
    make_questions: MakeQuestions = False,
    create_project: CreateProject = "",
    dry_run: DryRun = False,
    resume: Resume = "",
    by: By = "",
) -> None:
    """Bring items, past decisions, gold or predictions from a table into a project.

    Nothing is seen by anyone until all of the file was checked; then it is published at once. Rows that cannot be
    taken are named with row, column and remedy. The same file again changes nothing.

    Start with: smo import items.jsonl --project hatecheck --create-project Hatecheck

    Then: smo import labels.csv --project hatecheck --kind decisions --make-questions
    """
    actor = _actor(by)
    if resume and dry_run:
        raise CommandFault("--dry-run tries a file and forgets it again; an import that was begun is not tried out.")
    if resume:
        import_id = _resumed(resume, actor)
        if queries.import_state(by=actor, import_id=import_id).row.state == "received":  # cut off before it was mapped
            _map(import_id, said=map_, make_questions=make_questions, by=actor)
    else:
        import_id = _begun(file, project=project, kind=kind, create=create_project, by=actor)
        try:
            _map(import_id, said=map_, make_questions=make_questions, by=actor)
        except (CommandFault, DomainError):
            intake.cancel_import(by=actor, import_id=import_id)  # what cannot be begun does not wait for anyone
            raise
    if dry_run:
        _try(import_id, by=actor)
        return
    say(f"Import {import_id}; go on with --resume {import_id} if it is cut off")
    intake.stage_import(by=actor, import_id=import_id)
    if queries.import_state(by=actor, import_id=import_id).row.rows_staged:
        imports.publish(by=actor, import_id=import_id)
    _tell(import_id, by=actor)


def _actor(email: str) -> Actor:
    if not email:
        return SYSTEM
    account = people.account_id_of(email)
    if account is None:
        raise CommandFault(f"Nobody signs in with {email}.")
    return people.actor(account)


def _resumed(resume: str, by: Actor) -> UUID:
    try:
        import_id = UUID(resume)
    except ValueError as fault:
        raise CommandFault(f"{resume} is not an import's id.") from fault
    queries.import_state(by=by, import_id=import_id)
    return import_id


def _begun(file: Path | None, *, project: str, kind: str, create: str, by: Actor) -> UUID:
    if file is None or not project:
        raise CommandFault("Say which file and which project: smo import FILE --project CODE.")
    if kind not in ROLES:
        raise CommandFault(f"There is no kind {kind}. The kinds are: {', '.join(ROLES)}.")
    if not file.is_file():
        raise CommandFault(f"There is no file {file}.")
    try:
        queries.project_ref(code=project)
    except NotFound as fault:
        if not create:
            raise CommandFault(f"There is no project {project}. Make it with --create-project NAME.") from fault
        _make_project(project, name=create, by=by)
    return intake.receive_import(by=by, project=project, kind=kind, file_name=file.name, content=file)


def _make_project(code: str, *, name: str, by: Actor) -> None:
    """A project with a product of its own."""
    catalog.create_product(by=by, code=code, name=name)
    catalog.create_project(by=by, settings=ProjectSettings(code=code, name=name, product=code))


def _map(import_id: UUID, *, said: list[str], make_questions: bool, by: Actor) -> None:
    stated: dict[str, str] = {}
    for each in said:
        role, sign, column = each.partition("=")
        if not sign:
            raise CommandFault(f"--map {each}: write ROLE=COLUMN, for example text=body.")
        stated[role.strip()] = column.strip()
    guesses = intake.look_into(by=by, import_id=import_id).guesses
    taken = set(stated.values())
    kept = {role: column for role, column in guesses.items() if column not in taken and role not in stated}
    mapping: Mapping[str, str] = {**kept, **stated}
    intake.map_import(by=by, import_id=import_id, mapping=mapping, make_questions=make_questions)
    for role, column in mapping.items():
        print(f"{role}: {column}" if column else f"{role}: left out")


def _try(import_id: UUID, *, by: Actor) -> None:
    """Say what would become of the first rows, and forget the import."""
    tried = intake.check_import(by=by, import_id=import_id)
    intake.cancel_import(by=by, import_id=import_id)
    how_many = "all" if tried.is_all else "the first"
    print(f"{how_many.capitalize()} {tried.rows:,} rows tried, {tried.taken:,} can be taken. Nothing was stored.")
    for fault in tried.faults:
        _print_fault(fault.line or fault.row, fault.column, value=fault.value, words=f"{fault.reason} {fault.remedy}")
    if tried.taken < tried.rows:
        raise typer.Exit(1)


def _tell(import_id: UUID, *, by: Actor) -> None:
    """What came in and what did not. New items are placed in the queues."""
    state = queries.import_state(by=by, import_id=import_id)
    row = state.row
    if row.state == "published" and row.kind == "items":
        labeling.fill_queues(by=SYSTEM, project=row.project)
    print(f"{row.rows_new:,} new, {row.rows_known:,} known already, {row.rows_rejected:,} rejected.")
    for fault in state.faults:
        place = fault["line"] or fault["row"]
        _print_fault(place, fault["column"], value=fault["value"], words=f"{fault['reason']} {fault['remedy']}")
    if row.rows_rejected > len(state.faults):
        print(f"... and {row.rows_rejected - len(state.faults):,} more; the page of the import has the file of all.")
    if row.rows_rejected or row.state != "published":
        raise typer.Exit(1)


def _print_fault(place: int | None, column: str, *, value: str, words: str) -> None:
    where = ", ".join(
        part for part in (f"row {place}" if place else "", f'column "{column}"' if column else "") if part
    )
    shown = f' "{value[:60]}"' if value else ""
    print(f"{where}{shown}: {words}")
