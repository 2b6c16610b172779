"""A department in which every endpoint has something to answer, and the table of endpoints with who may call them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from smo.catalog import actions as catalog
from smo.catalog import queries as catalog_queries
from smo.intake import actions as intake
from smo.kernel.permissions import SYSTEM, Verb
from smo.labeling import actions as labeling
from smo.labeling import queries as labeling_reads
from smo.people import actions as people
from smo.quality import actions as quality
from tests.web.audited import a_finding, drawn, person
from tests.web.work import CHOICE

PROJECT: Final = "api-world"
CSV: Final = b"key,text\nk1,one\nk2,two\n"


def made() -> dict[str, str]:
    """One of everything, by the parts of addresses that name it."""
    work = drawn(PROJECT)
    auditor = person("auditor", name="Other Auditor")
    finding_id = a_finding(PROJECT)
    audit = quality.claim_audit(by=auditor, project=PROJECT)
    assert audit is not None
    added = intake.add_items(by=SYSTEM, project=PROJECT, rows=[{"key": "w1", "text": "x"}, {"key": "w2", "text": "y"}])
    labeling.fill_queues(by=SYSTEM, project=PROJECT)
    queue_id = next(iter(labeling_queues()))
    other = person("annotator", name="Other Annotator")
    (claim,) = labeling.claim_items(by=other, queue_id=queue_id)
    flag_id = labeling.raise_flag(by=other, claim_id=claim.id, text="Is this meant?")
    decided = labeling_decision(work.decider)
    import_id = intake.begin_upload(by=SYSTEM, project=PROJECT, kind="items", file_name="a.csv", size=len(CSV))
    intake.append_part(by=SYSTEM, import_id=import_id, offset=0, data=CSV)
    intake.finish_upload(by=SYSTEM, import_id=import_id)
    schema_draft = catalog.draft_schema(by=SYSTEM, schema=f"{PROJECT}-schema")
    guideline_draft = catalog.draft_guideline(by=SYSTEM, policy=f"{PROJECT}-policy")
    catalog.create_policy(by=SYSTEM, code="spare-policy", name="Spare")
    catalog.create_schema(by=SYSTEM, code="spare-schema", name="Spare", definition={"questions": [CHOICE]})
    catalog.publish_schema(by=SYSTEM, version_id=catalog_queries.schema(by=SYSTEM, code="spare-schema").versions[0].id)
    return {
        "<slug:project>": PROJECT,
        "<slug:policy_code>": f"{PROJECT}-policy",
        "<slug:schema_code>": f"{PROJECT}-schema",
        "<slug:kpi_code>": "decision_accuracy",
        "<uuidstr:guideline_version_id>": str(guideline_draft),
        "<uuidstr:schema_version_id>": str(schema_draft),
        "<uuidstr:import_id>": str(import_id),
        "<uuidstr:item_id>": str(next(iter(added.items.values()))),
        "<uuidstr:queue_id>": str(queue_id),
        "<uuidstr:claim_id>": str(claim.id),
        "<uuidstr:decision_id>": str(decided),
        "<uuidstr:flag_id>": str(flag_id),
        "<uuidstr:plan_id>": str(work.plan_id),
        "<uuidstr:draw_id>": str(work.draw_id),
        "<uuidstr:audit_id>": str(audit.id),
        "<uuidstr:finding_id>": str(finding_id),
        "<uuidstr:token_id>": str(uuid4()),
        "<uuidstr:person_id>": str(people.create_person(by=SYSTEM, name="Some person")),
    }


def labeling_queues() -> list[Any]:
    """The queues of the world."""
    return [row.id for row in labeling_reads.queues(by=SYSTEM, project=PROJECT)]


def labeling_decision(by: Any) -> Any:
    """The newest decision of somebody."""
    return labeling_reads.recent_decisions(by=by)[0].id


@dataclass(frozen=True)
class Endpoint:
    """One call: the verb without which it is refused, what is sent, and the answer to who may."""

    method: str
    path: str
    verb: Verb | None
    body: Mapping[str, Any] | None = None
    good: int = 200
    is_list: bool = False  # open to all, but empty for who may see nothing of it
    is_held: bool = False  # only for the one person who holds it
    also: tuple[Verb, ...] = field(default=())


ID = "00000000-0000-7000-8000-000000000009"
V = Verb
GUIDE = {"revision": 1, "introduction": "Anew", "rules": [{"code": "H", "title": "Hate"}]}
DEFINITION = {"questions": [CHOICE]}
SETTINGS = {
    "name": "Anew",
    "product": f"{PROJECT}-app",
    "policy": f"{PROJECT}-policy",
    "schema_code": f"{PROJECT}-schema",
}
ENDPOINTS: Final = (
    Endpoint("GET", "products", V.VIEW_CATALOG),
    Endpoint("POST", "products", V.MANAGE_CATALOG, {"code": "new-app", "name": "New"}, 201),
    Endpoint("GET", "markets", V.VIEW_CATALOG),
    Endpoint("POST", "markets", V.MANAGE_CATALOG, {"code": "XX", "name": "Elsewhere"}, 204),
    Endpoint("GET", "languages", V.VIEW_CATALOG),
    Endpoint("POST", "languages", V.MANAGE_CATALOG, {"code": "tlh", "name": "Klingon"}, 204),
    Endpoint("GET", "policies", V.VIEW_CATALOG, is_list=True),
    Endpoint("POST", "policies", V.MANAGE_POLICIES, {"code": "new-policy", "name": "New"}, 201),
    Endpoint("GET", "policies/<slug:policy_code>", V.VIEW_CATALOG),
    Endpoint("POST", "policies/<slug:policy_code>/versions", V.MANAGE_POLICIES, good=409),
    Endpoint("GET", "guideline-versions/<uuidstr:guideline_version_id>", V.VIEW_CATALOG),
    Endpoint("PUT", "guideline-versions/<uuidstr:guideline_version_id>", V.MANAGE_POLICIES, GUIDE),
    Endpoint("POST", "guideline-versions/<uuidstr:guideline_version_id>/approval", V.APPROVE_GUIDELINES, {}),
    Endpoint("GET", "schemas", V.VIEW_CATALOG, is_list=True),
    Endpoint("POST", "schemas", V.MANAGE_POLICIES, {"code": "new-schema", "name": "N", "definition": DEFINITION}, 201),
    Endpoint("GET", "schemas/<slug:schema_code>", V.VIEW_CATALOG),
    Endpoint("POST", "schemas/<slug:schema_code>/versions", V.MANAGE_POLICIES, good=409),
    Endpoint("GET", "schema-versions/<uuidstr:schema_version_id>", V.VIEW_CATALOG),
    Endpoint(
        "PUT",
        "schema-versions/<uuidstr:schema_version_id>",
        V.MANAGE_POLICIES,
        {"revision": 1, "definition": DEFINITION},
    ),
    Endpoint("POST", "schema-versions/<uuidstr:schema_version_id>/publication", V.MANAGE_POLICIES, {}, 204),
    Endpoint("GET", "projects", V.VIEW_CATALOG, is_list=True),
    Endpoint("POST", "projects", V.MANAGE_PROJECTS, SETTINGS | {"code": "new-project"}, 201),
    Endpoint("GET", "projects/<slug:project>", V.VIEW_CATALOG),
    Endpoint("PUT", "projects/<slug:project>", V.MANAGE_PROJECTS, SETTINGS | {"revision": 99}, 409),
    Endpoint("PUT", "projects/<slug:project>/state", V.MANAGE_PROJECTS, {"state": "paused"}, 204),
    Endpoint("GET", "projects/<slug:project>/targets", V.VIEW_CATALOG),
    Endpoint(
        "POST",
        "projects/<slug:project>/targets",
        V.SET_TARGETS,
        {"kpi": "decision_accuracy", "value": 0.9, "starts_on": "2099-01-01"},
        201,
    ),
    Endpoint("GET", "projects/<slug:project>/work", V.MANAGE_QUEUES),
    Endpoint("GET", "projects/<slug:project>/imports", V.IMPORT_DATA),
    Endpoint(
        "POST",
        "projects/<slug:project>/imports",
        V.IMPORT_DATA,
        {"kind": "items", "file_name": "b.csv", "size": 9},
        201,
    ),
    Endpoint("GET", "imports/<uuidstr:import_id>", V.IMPORT_DATA),
    Endpoint("DELETE", "imports/<uuidstr:import_id>", V.IMPORT_DATA, good=204),
    Endpoint("PUT", "imports/<uuidstr:import_id>/content?offset=0", V.IMPORT_DATA),
    Endpoint("POST", "imports/<uuidstr:import_id>/content/end", V.IMPORT_DATA, good=204),
    Endpoint("GET", "imports/<uuidstr:import_id>/columns", V.IMPORT_DATA),
    Endpoint(
        "PUT", "imports/<uuidstr:import_id>/mapping", V.IMPORT_DATA, {"mapping": {"key": "key", "text": "text"}}, 204
    ),
    Endpoint("POST", "imports/<uuidstr:import_id>/check", V.IMPORT_DATA, good=409),
    Endpoint("POST", "imports/<uuidstr:import_id>/steps", V.IMPORT_DATA, good=409),
    Endpoint("GET", "imports/<uuidstr:import_id>/rejected", V.IMPORT_DATA),
    Endpoint("GET", "projects/<slug:project>/items", V.VIEW_ITEMS),
    Endpoint("POST", "projects/<slug:project>/items", V.IMPORT_DATA, {"rows": [{"key": "n1", "text": "new"}]}, 201),
    Endpoint("GET", "items/<uuidstr:item_id>", V.VIEW_ITEMS),
    Endpoint("GET", "items/<uuidstr:item_id>/decisions", V.VIEW_ITEMS),
    Endpoint("GET", "queues", V.LABEL, is_list=True, also=(V.MANAGE_QUEUES,)),
    Endpoint("POST", "projects/<slug:project>/queues", V.MANAGE_QUEUES, {"name": "Urgent"}, 201),
    Endpoint("GET", "queues/<uuidstr:queue_id>", V.LABEL, also=(V.MANAGE_QUEUES,)),
    Endpoint("PUT", "queues/<uuidstr:queue_id>", V.MANAGE_QUEUES, {"name": "Renamed"}, 204),
    Endpoint("PUT", "queues/<uuidstr:queue_id>/state", V.MANAGE_QUEUES, {"state": "paused"}, 204),
    Endpoint("POST", "queues/<uuidstr:queue_id>/urgent", V.MANAGE_QUEUES, {"item_ids": [ID], "priority": 5}),
    Endpoint("POST", "projects/<slug:project>/queues/fill", V.MANAGE_QUEUES),
    Endpoint("POST", "queues/<uuidstr:queue_id>/claims", V.LABEL, {"how_many": 1}),
    Endpoint("GET", "claims", None),
    Endpoint(
        "POST", "claims/<uuidstr:claim_id>/decision", V.LABEL, {"submit_key": ID, "schema_version_id": ID}, is_held=True
    ),
    Endpoint(
        "POST",
        "claims/<uuidstr:claim_id>/skip",
        V.LABEL,
        {"submit_key": ID, "schema_version_id": ID, "reason": "not_my_language"},
        is_held=True,
    ),
    Endpoint("POST", "claims/<uuidstr:claim_id>/flag", V.LABEL, {"text": "And this?"}, is_held=True),
    Endpoint("POST", "claims/extension", None, {"claim_ids": [ID]}),
    Endpoint("POST", "claims/release", None, {}),
    Endpoint("GET", "decisions", None),
    Endpoint("POST", "decisions/<uuidstr:decision_id>/retraction", V.LABEL, is_held=True),
    Endpoint("GET", "flags", V.ANSWER_FLAGS, is_list=True),
    Endpoint("GET", "flags/<uuidstr:flag_id>", V.ANSWER_FLAGS),
    Endpoint("POST", "flags/<uuidstr:flag_id>/answer", V.ANSWER_FLAGS, {"answer": "It is."}, 204),
    Endpoint("GET", "plans", V.DRAW_AUDITS, is_list=True, also=(V.VIEW_FINDINGS, V.AUDIT)),
    Endpoint("POST", "plans", V.DRAW_AUDITS, {"project": PROJECT, "name": "Monthly", "sample_size": 5}, 201),
    Endpoint("GET", "plans/<uuidstr:plan_id>", V.DRAW_AUDITS, also=(V.VIEW_FINDINGS,)),
    Endpoint("DELETE", "plans/<uuidstr:plan_id>", V.DRAW_AUDITS, good=204),
    Endpoint("GET", "plans/<uuidstr:plan_id>/draws", V.DRAW_AUDITS, also=(V.VIEW_FINDINGS,)),
    Endpoint(
        "POST",
        "plans/<uuidstr:plan_id>/draws",
        V.DRAW_AUDITS,
        {"frame_from": "2020-01-01T00:00:00Z", "frame_to": "2020-02-01T00:00:00Z"},
        409,
    ),
    Endpoint("GET", "draws/<uuidstr:draw_id>/replay", V.DRAW_AUDITS),
    Endpoint("GET", "plans/<uuidstr:plan_id>/progress", V.DRAW_AUDITS, also=(V.VIEW_FINDINGS,)),
    Endpoint("GET", "audits/waiting", V.AUDIT, is_list=True),
    Endpoint("POST", "audits/claims", V.AUDIT, {"project": PROJECT}),
    Endpoint("GET", "audits/<uuidstr:audit_id>", V.AUDIT, is_held=True),
    Endpoint(
        "POST",
        "audits/<uuidstr:audit_id>/own-label",
        V.AUDIT,
        {"submit_key": ID, "answers": {"violation": "no"}},
        is_held=True,
    ),
    Endpoint("POST", "audits/<uuidstr:audit_id>/reveal", V.AUDIT, is_held=True),
    Endpoint("GET", "audits/<uuidstr:audit_id>/comparison", V.AUDIT, is_held=True),
    Endpoint("POST", "audits/<uuidstr:audit_id>/findings", V.AUDIT, {"findings": []}, is_held=True),
    Endpoint("GET", "findings", V.VIEW_FINDINGS, is_list=True),
    Endpoint("GET", "findings/<uuidstr:finding_id>", V.VIEW_FINDINGS),
    Endpoint("GET", "board", V.VIEW_NUMBERS, is_list=True),
    Endpoint("GET", "projects/<slug:project>/numbers", V.VIEW_NUMBERS),
    Endpoint("GET", "projects/<slug:project>/numbers/<slug:kpi_code>/weeks", V.VIEW_NUMBERS),
    Endpoint("GET", "projects/<slug:project>/numbers/<slug:kpi_code>/items", V.VIEW_NUMBERS),
    Endpoint("GET", "projects/<slug:project>/changes", V.VIEW_NUMBERS),
    Endpoint("GET", "waiting", None),
    Endpoint("GET", "me", None),
    Endpoint("GET", "tokens", None),
    Endpoint("DELETE", "tokens/<uuidstr:token_id>", None, good=404),
    Endpoint("GET", "people", V.VIEW_PEOPLE, is_list=True),
    Endpoint("GET", "people/<uuidstr:person_id>", V.VIEW_PEOPLE),
    Endpoint("GET", "roles", V.VIEW_ROLES),
    Endpoint("GET", "audit-entries", V.VIEW_AUDIT_TRAIL),
    Endpoint("GET", "audit-verification", V.VIEW_AUDIT_TRAIL),
)
