"""Who may do what: roles are named sets of verbs, granted within a scope."""

from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from smo.kernel.errors import DomainError


class Verb(StrEnum):
    """What there is to be allowed."""

    VIEW_PEOPLE = "view_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_ROLES = "view_roles"
    GRANT_ROLES = "grant_roles"
    VIEW_AUDIT_TRAIL = "view_audit_trail"
    VIEW_SIGN_INS = "view_sign_ins"
    VIEW_CATALOG = "view_catalog"
    MANAGE_CATALOG = "manage_catalog"
    MANAGE_POLICIES = "manage_policies"
    APPROVE_GUIDELINES = "approve_guidelines"
    MANAGE_PROJECTS = "manage_projects"
    SET_TARGETS = "set_targets"
    IMPORT_DATA = "import_data"
    VIEW_ITEMS = "view_items"
    LABEL = "label"
    MANAGE_QUEUES = "manage_queues"
    ANSWER_FLAGS = "answer_flags"
    DRAW_AUDITS = "draw_audits"
    AUDIT = "audit"
    VIEW_FINDINGS = "view_findings"
    VIEW_NUMBERS = "view_numbers"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where something applies. In a grant an empty field means everywhere; in a question it means no certain place."""

    project: str = ""
    market: str = ""
    language: str = ""
    vendor: str = ""
    team: str = ""
    subject: str = ""

    def covers(self, asked: "Scope") -> bool:
        """Does a grant of this scope reach the asked one?

        >>> Scope(project="p1").covers(Scope(project="p1", language="fr"))
        True
        >>> Scope(project="p1").covers(Scope())
        False
        """
        return all(mine in {"", theirs} for mine, theirs in zip(astuple(self), astuple(asked), strict=True))


EVERYWHERE: Final = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held within one scope."""

    role: str
    verbs: frozenset[str]
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's id with the grants in force now, or those of a token that they act through."""

    id: UUID
    grants: tuple[Grant, ...] = ()
    duties: tuple[Grant, ...] = ()  # held beyond the token; allow nothing, but keep who has to judge blind

    def person(self) -> "Actor":
        """The person with all that they hold; to ask what is to be kept from them, never whether they may."""
        return Actor(self.id, (*self.grants, *self.duties))

    def verbs(self) -> frozenset[str]:
        """What this actor may do somewhere; for menus only, never as a check."""
        return frozenset().union(*(grant.verbs for grant in self.grants))


class PermissionDenied(DomainError):
    """The actor has no grant that allows this here."""

    code = "permission_denied"


ADMIN: Final = "admin"
SYSTEM: Final = Actor(id=UUID(int=0), grants=(Grant(role="system", verbs=frozenset(Verb)),))


def may(by: Actor, verb: Verb, *, scope: Scope = EVERYWHERE) -> bool:
    """Does any grant of this actor allow the verb in this scope? What nothing allows is denied."""
    return any(verb in grant.verbs and grant.scope.covers(scope) for grant in by.grants)


def require(by: Actor, verb: Verb, *, scope: Scope = EVERYWHERE) -> None:
    """Go on only when allowed. Errors: PermissionDenied."""
    if not may(by, verb, scope=scope):
        raise PermissionDenied(verb=str(verb))
