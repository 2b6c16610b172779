"""Every task: load, call one action. Tasks may run twice, so what they call must bear it."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from smo.jobs import facts, imports
from smo.kernel import audit
from smo.kernel.permissions import SYSTEM
from smo.labeling import actions as labeling
from smo.quality import actions as quality

# What only an event asks for is tried again when the database was away; the rest comes round with the schedule.
UNTIL_DONE: Final = RetryStrategy(max_attempts=10, linear_wait=20)


@app.task(name="anchor_audit_trail")
def anchor_audit_trail(**_event: Any) -> None:
    """Write the head of the audit trail outside the database."""
    audit.seal()
    audit.anchor(settings.ANCHOR_DIR)


@app.task(name="refresh_facts", queueing_lock="refresh_facts")
def refresh_facts(**_event: Any) -> None:
    """Bring the facts in the lake up to now."""
    facts.refresh(settings.LAKE_URL)


@app.task(name="fill_queues", retry=UNTIL_DONE)
def fill_queues(*, project_code: str, **_event: Any) -> None:
    """Place a project's new items in its queues."""
    labeling.fill_queues(by=SYSTEM, project=project_code)


@app.task(name="run_import")
def run_import(import_id: str, **_event: Any) -> None:
    """Do the next step of an import."""
    imports.run(UUID(import_id))


@app.task(name="go_on_with_imports", queueing_lock="go_on_with_imports")
def go_on_with_imports(**_event: Any) -> None:
    """Take up imports whose worker was stopped in the middle."""
    imports.go_on()


@app.task(name="withdraw_audits", retry=UNTIL_DONE)
def withdraw_audits(*, decision_id: str, **_event: Any) -> None:
    """Take back the open audits of a decision that was taken back."""
    quality.withdraw_audits(by=SYSTEM, decision_id=UUID(decision_id))
