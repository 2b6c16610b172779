"""Decisions about people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smo.kernel.ids import new_id
from smo.kernel.permissions import Actor, Grant, Scope, Verb
from smo.people import rules
from smo.people.rules import GrantState

DAY = date(2026, 3, 15)
DAYS = st.integers(-30, 30).map(lambda days: DAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (0, None, GrantState.IN_FORCE),
        (0, 0, GrantState.IN_FORCE),
        (1, None, GrantState.UPCOMING),
        (-5, -1, GrantState.ENDED),
        (-5, 0, GrantState.IN_FORCE),
    ],
)
def test_rules_both_days_of_a_grant_count(starts: int, ends: int | None, state: GrantState) -> None:
    ends_on = None if ends is None else DAY + timedelta(days=ends)
    starts_on = DAY + timedelta(days=starts)
    assert rules.grant_state(starts_on=starts_on, ends_on=ends_on, ended_at=None, today=DAY) is state


@given(DAYS, st.none() | DAYS, DAYS)
def test_rules_what_was_ended_early_is_ended_on_every_day(starts_on: date, ends_on: date | None, today: date) -> None:
    ended_at = datetime(2026, 1, 1, tzinfo=UTC)
    state = rules.grant_state(starts_on=starts_on, ends_on=ends_on, ended_at=ended_at, today=today)
    assert state is GrantState.ENDED


@given(DAYS, st.none() | DAYS, DAYS)
def test_rules_a_grant_never_goes_back(starts_on: date, ends_on: date | None, today: date) -> None:
    order = list(GrantState)
    first, second = (
        rules.grant_state(starts_on=starts_on, ends_on=ends_on, ended_at=None, today=day)
        for day in (today, today + timedelta(days=1))
    )
    assert order.index(first) <= order.index(second)


def test_rules_nobody_grants_more_than_they_hold() -> None:
    by = Actor(new_id(), (Grant("lead", frozenset({Verb.VIEW_PEOPLE, Verb.GRANT_ROLES}), Scope(project="p")),))
    some = frozenset({"view_people"})
    assert rules.may_grant(by, verbs=some, scope=Scope(project="p"))
    assert not rules.may_grant(by, verbs=some, scope=Scope())
    assert not rules.may_grant(by, verbs=some | {"manage_accounts"}, scope=Scope(project="p"))


@given(st.text())
def test_rules_a_name_is_clean_or_refused(text: str) -> None:
    try:
        name = rules.normal_name(text)
    except rules.NameMissing:
        return
    assert name.isprintable()
    assert name == name.strip() == rules.normal_name(name)


@given(st.text(), st.text())
def test_rules_an_address_is_clean_or_refused(local: str, domain: str) -> None:
    try:
        email = rules.normal_email(f"{local}@{domain}.example")
    except rules.EmailNotValid:
        return
    assert rules.normal_email(email) == email
    assert email == email.lower()
    assert len(email) <= 254
