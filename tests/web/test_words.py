"""Every code that the house knows has words, and every refusal says what to do."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import smo
from smo.kernel.chain import Fault
from smo.kernel.errors import DomainError, NotFound
from smo.kernel.permissions import PermissionDenied, Verb
from smo.labeling.rules import OUTCOMES, SKIP_REASONS
from smo.measure.estimate import BASES
from smo.measure.state import State
from smo.people.models import Outcome, PersonKind
from smo.people.queries import STATES
from smo.people.rules import ROLES
from smo.web import words
from smo.web.home.steps import next_steps, when_work_appears

SMO = Path(smo.__file__).parent


def test_roles_verbs_states_and_bases_have_names() -> None:
    assert set(words.ROLE_NAMES) == set(words.ROLE_DUTIES) == set(ROLES)
    assert set(words.VERB_NAMES) == {str(verb) for verb in Verb}
    assert set(words.STATE_NAMES) == {str(state) for state in State}
    assert set(words.BASIS_NAMES) == set(BASES)
    assert set(words.ACCOUNT_STATES) == set(STATES)
    assert set(words.FAULT_NAMES) == {str(fault) for fault in Fault}
    assert set(words.SKIP_NAMES) == set(SKIP_REASONS)
    assert set(words.DETAIL_VALUES) == {*PersonKind.values, *Outcome.values, *OUTCOMES, *SKIP_REASONS}


def _refusals() -> Iterator[type[DomainError]]:
    """Every refusal that some room's rules define."""
    rooms = [file for file in SMO.glob("*/rules*") if file.suffix == ".py" or (file / "__init__.py").exists()]
    for room in rooms:
        files = [room] if room.is_file() else [f for f in room.rglob("*.py") if f.name != "__init__.py"]
        for file in files:
            module = import_module(".".join(("smo", *file.relative_to(SMO).with_suffix("").parts)))
            kinds = [kind for kind in vars(module).values() if isinstance(kind, type)]
            yield from (kind for kind in kinds if issubclass(kind, DomainError))


def test_every_refusal_has_words_of_its_own() -> None:
    codes = {kind.code for kind in (*_refusals(), PermissionDenied, NotFound)} - {DomainError.code}
    said = {code: words.words_for(DomainError(code)) for code in codes}
    assert not [code for code, text in said.items() if text.startswith("This could not be done")]
    assert len(set(said.values())) == len(codes)


def test_an_unknown_refusal_still_says_its_reason() -> None:
    assert "moon_is_full (phase=4)" in words.words_for(DomainError("moon_is_full", phase=4))


def test_everyone_has_a_next_step_or_is_told_when_work_appears() -> None:
    for role, verbs in ROLES.items():
        assert next_steps(frozenset(str(verb) for verb in verbs)) or when_work_appears([role]), role
    assert when_work_appears([]) != ()
