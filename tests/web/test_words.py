"""Every code that the house knows has words, and every refusal says what to do."""

from smo.kernel.chain import Fault
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import ROLES, PermissionDenied, Verb
from smo.measure.estimate import BASES
from smo.measure.state import State
from smo.people import rules
from smo.people.models import Outcome, PersonKind
from smo.people.queries import STATES
from smo.web import words
from smo.web.home.steps import next_steps, when_work_appears


def test_roles_verbs_states_and_bases_have_names() -> None:
    assert set(words.ROLE_NAMES) == set(words.ROLE_DUTIES) == set(ROLES)
    assert set(words.VERB_NAMES) == {str(verb) for verb in Verb}
    assert set(words.STATE_NAMES) == {str(state) for state in State}
    assert set(words.BASIS_NAMES) == set(BASES)
    assert set(words.ACCOUNT_STATES) == set(STATES)
    assert set(words.FAULT_NAMES) == {str(fault) for fault in Fault}
    assert set(words.DETAIL_VALUES) == {*PersonKind.values, *Outcome.values}


def test_every_refusal_of_people_has_words_of_its_own() -> None:
    refusals = [kind for kind in vars(rules).values() if isinstance(kind, type) and issubclass(kind, DomainError)]
    codes = {kind.code for kind in (*refusals, PermissionDenied, NotFound)} - {DomainError.code}
    said = {code: words.words_for(DomainError(code)) for code in codes}
    assert not [code for code, text in said.items() if text.startswith("This could not be done")]
    assert len(set(said.values())) == len(codes)


def test_an_unknown_refusal_still_says_its_reason() -> None:
    assert "moon_is_full (phase=4)" in words.words_for(DomainError("moon_is_full", phase=4))


def test_everyone_has_a_next_step_or_is_told_when_work_appears() -> None:
    for role, verbs in ROLES.items():
        assert next_steps(frozenset(str(verb) for verb in verbs)) or when_work_appears([role]), role
    assert when_work_appears([]) != ()
