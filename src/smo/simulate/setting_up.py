"""The example department's ground: its products, policies with guidelines, questions, projects and targets."""

from datetime import date, datetime, timedelta

from smo.catalog import actions as catalog
from smo.kernel.permissions import Actor
from smo.simulate.projects import PROJECTS, SimulatedProject, SimulatedRule

AGREEMENT_TARGET = 0.7
NEXT_VERSION_DAYS = 5
SIMULATED = "Simulated: made up for looking around; a violation is named in brackets, never written out."


def build(*, by: Actor, on: date, at: datetime) -> None:
    """Everything that stands before the first item comes, from this day on."""
    products = dict(project.product for project in PROJECTS)
    for code, name in products.items():
        catalog.create_product(by=by, code=code, name=name)
    for prefix, rules in {project.rules[0].code: project.rules for project in PROJECTS}.items():
        _policy(by, f"rules-{prefix.lower()}", rules=rules, at=at)
    for project in PROJECTS:
        _project(by, project, on=on)


def _policy(by: Actor, code: str, *, rules: tuple[SimulatedRule, ...], at: datetime) -> None:
    """Two versions: one in force now, one that is approved and waits, so that there is something to compare."""
    catalog.create_policy(by=by, code=code, name=rules[0].title)
    texts = tuple(_rule(rule) for rule in rules)
    changed = (*texts[:-1], _rule(rules[-1], more="It also counts when it takes two sentences."))
    for written, effective_at, note in (
        (texts, None, "First version."),
        (changed, at + timedelta(days=NEXT_VERSION_DAYS), f"{rules[-1].code} said more plainly."),
    ):
        version = catalog.draft_guideline(by=by, policy=code)
        text = catalog.GuidelineText(SIMULATED, note, False, written)
        revision = catalog.save_guideline(by=by, version_id=version, revision=1, text=text)
        catalog.approve_guideline(by=by, version_id=version, effective_at=effective_at, revision=revision)


def _rule(rule: SimulatedRule, *, more: str = "") -> catalog.RuleText:
    text = " ".join(part for part in (rule.text, more) if part)
    return catalog.RuleText(rule.code, rule.title, rule.parent, text, rule.applies, rule.does_not, rule.severity)


def _project(by: Actor, project: SimulatedProject, *, on: date) -> None:
    version = catalog.create_schema(by=by, code=project.code, name=project.name, definition=project.definition)
    catalog.publish_schema(by=by, version_id=version)
    settings = catalog.ProjectSettings(
        code=project.code,
        name=project.name,
        product=project.product[0],
        policy=f"rules-{project.rules[0].code.lower()}",
        schema=project.code,
        purpose=f"{project.purpose} {SIMULATED}",
        markets=tuple(dict.fromkeys(market for _, market in project.languages)),
        languages=tuple(dict.fromkeys(language for language, _ in project.languages)),
        overlap=2,
    )
    catalog.create_project(by=by, settings=settings)
    for kpi, value in (("decision_accuracy", project.target), ("critical_error_accuracy", 0.99), ("turnaround", 0.9)):
        catalog.set_target(by=by, target=catalog.NewTarget(project.code, kpi, value, on))
    catalog.set_target(by=by, target=catalog.NewTarget(project.code, "agreement", AGREEMENT_TARGET, on))
    catalog.set_project_state(by=by, project=project.code, state="live")
