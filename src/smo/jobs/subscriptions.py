"""Who hears what: events of the apps and the tasks that they start."""

from collections.abc import Mapping
from typing import Any

from smo.intake import events as intake
from smo.jobs import tasks
from smo.kernel.outbox import event_name
from smo.labeling import events as labeling
from smo.people import events as people
from smo.quality import events as quality

# After a change of who may do what, the trail's head leaves the database at once, not only at night.
SUBSCRIPTIONS: Mapping[type, tuple[Any, ...]] = {
    people.RoleGranted: (tasks.anchor_audit_trail,),
    people.GrantEnded: (tasks.anchor_audit_trail,),
    intake.ImportRequested: (tasks.run_import,),
    intake.AnswersPublished: (tasks.refresh_facts,),
    intake.ItemsPublished: (tasks.fill_queues,),
    labeling.QueueChanged: (tasks.fill_queues,),
    labeling.DecisionRetracted: (tasks.withdraw_audits, tasks.refresh_facts),
    quality.AuditFiled: (tasks.refresh_facts,),  # who waits for the number reads it seconds later
}

BY_NAME: Mapping[str, tuple[Any, ...]] = {event_name(event): heard for event, heard in SUBSCRIPTIONS.items()}
