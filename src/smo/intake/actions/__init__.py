"""Changes to intake: files arrive, are mapped, staged and published, or cancelled; small batches come in at once."""

from smo.intake.actions.batches import Added, add_items
from smo.intake.actions.mapping import DryRun, Look, check_import, look_into, map_import
from smo.intake.actions.publishing import (
    Publishing,
    alone,
    begin_publishing,
    end_publishing,
    note_failure,
    publish_items,
    request_step,
)
from smo.intake.actions.staging import stage_import
from smo.intake.actions.uploads import append_part, begin_upload, cancel_import, finish_upload, receive_import

__all__ = [
    "Added",
    "DryRun",
    "Look",
    "Publishing",
    "add_items",
    "alone",
    "append_part",
    "begin_publishing",
    "begin_upload",
    "cancel_import",
    "check_import",
    "end_publishing",
    "finish_upload",
    "look_into",
    "map_import",
    "note_failure",
    "publish_items",
    "receive_import",
    "request_step",
    "stage_import",
]
