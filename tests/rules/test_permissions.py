"""Who may do what: denied unless allowed, and never wider than granted."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.kernel import ids, permissions
from smo.kernel.ids import new_id
from smo.kernel.permissions import EVERYWHERE, SYSTEM, Actor, Grant, PermissionDenied, Scope, Verb, may, require
from smo.people.rules import ROLES

FIELDS = ("project", "market", "language", "vendor", "team", "subject")
SCOPES = st.builds(Scope, **dict.fromkeys(FIELDS, st.sampled_from(["", "a", "b"])))
GRANTS = st.lists(
    st.builds(Grant, role=st.just("r"), verbs=st.frozensets(st.sampled_from(Verb)), scope=SCOPES), max_size=4
)


@given(SCOPES, SCOPES, SCOPES)
def test_permissions_covering_is_an_order(a: Scope, b: Scope, c: Scope) -> None:
    assert a.covers(a)
    assert EVERYWHERE.covers(a)
    if a.covers(b) and b.covers(a):
        assert a == b
    if a.covers(b) and b.covers(c):
        assert a.covers(c)


@given(GRANTS, st.sampled_from(Verb), SCOPES)
def test_permissions_one_grant_must_allow_all_of_it(grants: list[Grant], verb: Verb, scope: Scope) -> None:
    actor = Actor(new_id(), tuple(grants))
    allowed = any(verb in grant.verbs and grant.scope.covers(scope) for grant in grants)
    assert may(actor, verb, scope=scope) == allowed
    if may(actor, verb):
        assert may(actor, verb, scope=scope)


@given(GRANTS, st.sampled_from(Verb), SCOPES)
def test_permissions_another_grant_never_takes_away(grants: list[Grant], verb: Verb, scope: Scope) -> None:
    fewer, more = Actor(new_id(), tuple(grants[1:])), Actor(new_id(), tuple(grants))
    assert not may(fewer, verb, scope=scope) or may(more, verb, scope=scope)


def test_permissions_nothing_granted_is_nothing_allowed() -> None:
    for verb in Verb:
        with pytest.raises(PermissionDenied, match=verb):
            require(Actor(new_id()), verb)
        require(SYSTEM, verb)


def test_permissions_a_scoped_grant_does_not_answer_for_everywhere() -> None:
    lead = Actor(new_id(), (Grant("lead", frozenset(Verb), Scope(team="a")),))
    assert may(lead, Verb.VIEW_PEOPLE, scope=Scope(team="a", subject="x"))
    assert not may(lead, Verb.VIEW_PEOPLE, scope=Scope(team="b"))
    assert not may(lead, Verb.VIEW_PEOPLE)


def test_permissions_the_fifteen_roles_stand_and_only_admin_holds_all() -> None:
    assert len(ROLES) == 15
    assert [role for role, verbs in ROLES.items() if verbs == frozenset(Verb)] == ["admin"]
    assert all(verbs <= frozenset(Verb) and verbs for verbs in ROLES.values())


def test_permissions_the_verbs_of_an_actor_are_those_of_the_grants() -> None:
    actor = Actor(new_id(), (Grant("a", frozenset({Verb.VIEW_ROLES})), Grant("b", frozenset({Verb.VIEW_PEOPLE}))))
    assert actor.verbs() == {Verb.VIEW_ROLES, Verb.VIEW_PEOPLE}
    assert Actor(new_id()).verbs() == frozenset()


@pytest.mark.parametrize("module", [ids, permissions])
def test_permissions_the_examples_run(module) -> None:
    ran = doctest.testmod(module)
    assert (ran.failed, ran.attempted > 0) == (0, True)
