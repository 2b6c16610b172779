"""The office at work: people come, get roles, lose them; every refusal is said where it belongs."""

import re
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from django.test import Client
from django.urls import reverse

from smo.kernel import audit
from smo.kernel.permissions import SYSTEM, Verb
from smo.measure.facts import SIGN_IN_ATTEMPT
from smo.people import actions, queries
from smo.warehouse import cubes, lake

PASSWORD = "three words of mine 47"


@pytest.fixture
def admin(signed_in) -> Client:
    return signed_in("admin")


def text(response) -> str:
    return response.content.decode()


def secret_on(page: str) -> str:
    found = re.search(r"<code>([a-z0-9-]+)</code>", page)
    assert found
    return found.group(1)


def test_a_new_person_signs_in_with_the_password_shown_once_and_chooses_an_own_one(admin) -> None:
    filled = {"name": "Ngozi Ade", "email": "Ngozi@Example.org", "role": "annotator", "language": "yo"}
    page = text(admin.post(reverse("office:people-add"), filled))
    password = secret_on(page)
    assert "ngozi@example.org" in page
    newcomer = Client()
    assert newcomer.post("/accounts/login/", {"login": "ngozi@example.org", "password": password}).status_code == 302
    assert newcomer.get("/").url == reverse("account_change_password")
    assert newcomer.get("/office/people").url == reverse("account_change_password")
    changed = {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
    assert newcomer.post(reverse("account_change_password"), changed).status_code == 302
    assert "Items to label appear here" in text(newcomer.get("/"))
    assert "Language" in text(newcomer.get("/"))


def test_the_password_is_shown_by_no_second_page(admin) -> None:
    page = text(admin.post(reverse("office:people-add"), {"name": "Bo", "email": "bo@example.org", "role": "planner"}))
    password = secret_on(page)
    for path in ("/", reverse("office:people"), reverse("office:trail")):
        assert password not in text(admin.get(path))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "This field is required"),
        ("email", "nobody", "Write it like name@example.org"),
        ("email", "admin@example.org", "Another account signs in with this address"),
        ("role", "", "This field is required"),
        ("role", "king", "Select a valid choice"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(admin, field, value, words) -> None:
    before = len(audit.entries(limit=500))
    filled = {"name": "Zed", "email": "zed@example.org", "role": "annotator"} | {field: value}
    page = text(admin.post(reverse("office:people-add"), filled))
    assert words in page
    assert f'aria-describedby="id_{field}' in page
    assert 'aria-invalid="true"' in page
    assert len(audit.entries(limit=500)) == before


def test_roles_are_given_planned_and_ended(admin, member) -> None:
    person_id = member("annotator").person_id
    give = reverse("office:people-grant", args=[person_id])
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    assert admin.post(give, {"role": "auditor", "market": "BR", "starts_on": tomorrow.isoformat()}).status_code == 302
    page = text(admin.get(reverse("office:people-person", args=[person_id])))
    assert "The role was given." in page
    assert "planned" in page
    assert "BR" in page
    assert "Role given" in page
    actor = queries.actor(member("compliance").account_id)
    grant = next(row for row in queries.grants(by=actor, person_id=person_id) if row.role == "annotator")
    end = reverse("office:people-end-grant", args=[person_id, grant.id])
    asked = text(admin.get(end))
    assert "can no longer do what this role allows" in asked
    assert "Annotator: Some annotator" in asked
    assert admin.post(end).status_code == 302
    assert "Annotator" not in text(admin.get("/office/people?search=some+annotator"))


def test_the_same_role_twice_is_refused_at_its_field(admin, member) -> None:
    give = reverse("office:people-grant", args=[member("annotator").person_id])
    assert "holds this role there already" in text(admin.post(give, {"role": "annotator"}))


def test_days_in_the_wrong_order_are_refused(admin, member) -> None:
    give = reverse("office:people-grant", args=[member("annotator").person_id])
    dates = {"role": "auditor", "starts_on": "2030-02-02", "ends_on": "2030-02-01"}
    assert "before the first day" in text(admin.post(give, dates))


def test_nobody_locks_themselves_out(admin) -> None:
    row = queries.people(by=queries.actor(_account_id("admin@example.org")), search="admin@example.org").rows[0]
    refused = admin.post(reverse("office:people-deactivate", args=[row.id]))
    assert refused.status_code == 409
    assert "Another administrator can" in text(refused)


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(admin, signed_in) -> None:
    other = signed_in("trainer")
    person_id = queries.actor(_account_id("trainer@example.org")).id
    assert other.get("/").status_code == 200
    admin.post(reverse("office:people-deactivate", args=[person_id]))
    assert other.get("/").status_code == 302
    assert "deactivated" in text(admin.get("/office/people?state=inactive"))
    admin.post(reverse("office:people-activate", args=[person_id]))
    assert other.get("/").status_code == 302, "a session from before stays closed"
    signed = Client().post("/accounts/login/", {"login": "trainer@example.org", "password": PASSWORD})
    assert signed.url == "/"


def test_a_forgotten_password_is_replaced_and_ends_the_old_session(admin, signed_in) -> None:
    other = signed_in("planner")
    person_id = queries.actor(_account_id("planner@example.org")).id
    assert "stops working" in text(admin.get(reverse("office:people-password", args=[person_id])))
    password = secret_on(text(admin.post(reverse("office:people-password", args=[person_id]))))
    assert other.get("/").status_code == 302
    signed = Client().post("/accounts/login/", {"login": "planner@example.org", "password": password})
    assert signed.status_code == 302


def test_the_list_is_searched_filtered_and_goes_on_after_fifty(admin) -> None:
    for number in range(60):
        actions.create_person(by=SYSTEM, name=f"Rater {number:02}", kind="imported")
    first = text(admin.get("/office/people?state=no_account"))
    assert first.count('<th scope="row">') == 50
    link = re.search(r'href="(/office/people\?[^"]*after=[^"]+)"', first)
    assert link
    second = text(admin.get(link.group(1).replace("&amp;", "&")))
    assert second.count('<th scope="row">') == 10
    assert "Rater 59" in second
    assert "Rater 00" not in second
    assert text(admin.get("/office/people?search=rater+07")).count('<th scope="row">') == 1
    assert "Nobody matches" in text(admin.get("/office/people?search=no+such+name"))


def test_an_address_that_is_no_address_is_not_found(admin) -> None:
    assert admin.get("/office/people?after=x").status_code == 404
    assert admin.get("/office/audit-trail?after=1").status_code == 404


def test_a_swap_is_only_the_rows(admin) -> None:
    page = text(admin.get("/office/people?search=admin", headers={"HX-Request": "true"}))
    assert page.lstrip().startswith('<div id="people"')
    assert "<html" not in page


def test_a_name_that_is_a_script_stays_text(admin) -> None:
    person_id = actions.create_person(by=SYSTEM, name="<script>alert(1)</script>")
    for path in (reverse("office:people"), reverse("office:people-person", args=[person_id]), reverse("office:trail")):
        page = text(admin.get(path))
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_people_without_the_verb_see_themselves_only(signed_in, member) -> None:
    member("trainer", name="Hidden Person")
    page = text(signed_in("annotator").get("/office/people?search="))
    assert "Hidden Person" not in page
    assert "Some annotator" in page


def test_the_trail_tells_and_its_check_says_whole(signed_in, member) -> None:
    member("annotator", name="Ola Nord")
    client = signed_in("compliance")
    page = text(client.get("/office/audit-trail"))
    assert "Role given" in page
    assert "Ola Nord" in page
    checked = text(client.get("/office/audit-trail/verification"))
    assert "Whole" in checked
    assert "every entry checked" in checked


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis calls DuckDB by an old name
def test_sign_ins_are_not_measured_until_they_are(signed_in, settings) -> None:
    client = signed_in("delivery_manager")
    assert "Not measured" in text(client.get("/office/sign-ins"))
    day = datetime.now(UTC).date()
    rows = [
        {
            "day": day,
            "at": datetime.now(UTC),
            "attempt": f"a{number}",
            "person": None,
            "outcome": "wrong_password" if number < 6 else "succeeded",
        }
        for number in range(120)
    ]
    lake.write("sign_in_attempt", day, table=pa.Table.from_pylist(rows, schema=SIGN_IN_ATTEMPT), lake=settings.LAKE_URL)
    cubes.refresh(settings.LAKE_URL)
    page = text(client.get("/office/sign-ins"))
    assert "5\u202f%" in page
    assert "n 120</bdi>, system log" in page
    assert "as of" in page
    client.cookies["django_language"] = "ar"
    arabic = text(client.get("/office/sign-ins"))
    drawn = re.findall(r' (?:x1|x2|cx)="([^"]+)"', arabic)
    assert drawn
    assert not [place for place in drawn if "," in place]  # a drawing's figures are not written in the reader's way


def test_wrong_passwords_are_refused_alike_and_in_the_end_throttled(member) -> None:
    member("annotator")
    client = Client()
    answers = [
        text(client.post("/accounts/login/", {"login": login, "password": "no"}))
        for login in ("annotator@example.org", "nobody@example.org")
    ]
    said = [re.findall(r"<li>(.*?)</li>", page) for page in answers]
    assert said[0] == said[1] != []
    for _ in range(6):
        page = text(client.post("/accounts/login/", {"login": "annotator@example.org", "password": "no"}))
    assert "Too many failed login attempts" in page


def test_the_verbs_that_pages_ask_for_exist() -> None:
    assert {"manage_people", "grant_roles"} <= {str(verb) for verb in Verb}


def _account_id(email: str) -> int:
    found = queries.account_id_of(email)
    assert found is not None
    return found
