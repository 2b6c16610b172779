"""The team lead's pages: queues with what waits, made and changed; flags, read and answered."""

import pytest
from django.core.cache import cache

from smo.kernel.permissions import SYSTEM, Scope
from smo.labeling import actions, queries
from smo.labeling.models import Queue
from smo.people import actions as people
from smo.people import queries as known
from tests.apps.labeling.conftest import make_actor, make_work

pytestmark = pytest.mark.django_db


def test_a_lead_makes_a_queue_and_reads_what_waits(signed_in) -> None:
    make_work().items(3)
    client = signed_in("team_lead")
    assert b"No queue hands out work yet" in client.get("/queues/").content
    sent = {"project": "hate", "name": "All of it", "overlap": "2", "priority": "5"}
    made = client.post("/queues/add", sent, follow=True)
    assert b"The queue was made." in made.content
    page = client.get("/queues/").content.decode()
    assert "3 items wait for a decision" in page
    assert "2 people each" in page
    assert (Queue.objects.get().overlap, Queue.objects.get().priority) == (2, 5)


def test_a_refusal_stands_at_its_field(signed_in) -> None:
    make_work()
    client = signed_in("team_lead")
    sent = {"project": "hate", "name": "All"}
    client.post("/queues/add", sent)
    again = client.post("/queues/add", sent)
    assert again.status_code == 200
    assert b"has a queue of this name" in again.content
    assert b"Choose a project" in client.post("/queues/add", {"project": "", "name": "x"}).content
    assert client.post("/queues/add", {"project": "hate", "name": "x", "overlap": "99"}).status_code == 200
    assert Queue.objects.count() == 1


def test_a_queue_is_paused_opened_and_changed(signed_in) -> None:
    queue_id = make_work().queue(2)
    client = signed_in("team_lead")
    address = f"/queues/{queue_id}"
    assert b"The queue is paused." in client.post(f"{address}/state", {"state": "paused"}, follow=True).content
    assert b"Nothing is handed out while the queue is paused" in client.get(address).content
    client.post(f"{address}/state", {"state": "open"})
    client.post(address, {"name": "Renamed", "overlap": "3", "priority": "1"})
    assert list(Queue.objects.values_list("name", "overlap", "state")) == [("Renamed", 3, "open")]
    assert client.post(f"{address}/state", {"state": "burning"}).status_code == 409


def test_who_works_stands_by_name(signed_in) -> None:
    queue_id = make_work().queue(3)
    actions.claim_items(by=make_actor("Zoë <b>"), queue_id=queue_id, how_many=2)
    page = signed_in("team_lead").get("/queues/").content.decode()
    assert "Zoë &lt;b&gt;" in page
    assert "holds 2" in page


def test_a_flag_is_read_beside_its_item_and_answered_once(signed_in) -> None:
    work = make_work()
    work.items(1)
    queue_id = work.queue()
    by = make_actor("Mira")
    (claim,) = actions.claim_items(by=by, queue_id=queue_id)
    flag_id = actions.raise_flag(by=by, claim_id=claim.id, text="Is <i>this</i> a slur?", rule_code="R1.2")
    client = signed_in("team_lead")
    assert "1 flag waits for an answer" in client.get("/flags/").content.decode()
    page = client.get(f"/flags/{flag_id}").content.decode()
    assert "Is &lt;i&gt;this&lt;/i&gt; a slur?" in page
    assert "Item number 0" in page
    assert b"This field is required" in client.post(f"/flags/{flag_id}", {"answer": " "}).content
    client.post(f"/flags/{flag_id}", {"answer": "It is not."})
    assert queries.flags(by=by).rows[0].answer == "It is not."
    assert b"Somebody has answered" in client.post(f"/flags/{flag_id}", {"answer": "It is."}).content
    assert b"Nothing is open" in client.get("/flags/").content


def test_a_lead_of_another_project_sees_nothing_of_this_one(client, member) -> None:
    work = make_work()
    queue_id = work.queue(1)
    by = make_actor()
    (claim,) = actions.claim_items(by=by, queue_id=queue_id)
    flag_id = actions.raise_flag(by=by, claim_id=claim.id, text="unclear")
    account = member("", email="lead@example.org")
    people.grant_role(by=SYSTEM, person_id=account.person_id, role="team_lead", scope=Scope(project="other"))
    cache.clear()
    assert client.post("/accounts/login/", {"login": "lead@example.org", "password": "three words of mine 47"})
    assert known.actor(account.account_id).grants
    assert b"No queue hands out work yet" in client.get("/queues/").content
    assert client.get(f"/queues/{queue_id}").status_code == 404
    assert client.post(f"/queues/{queue_id}/state", {"state": "paused"}).status_code == 403
    assert client.get(f"/flags/{flag_id}").status_code == 404
    assert client.post(f"/flags/{flag_id}", {"answer": "x"}).status_code == 403


@pytest.mark.parametrize("role", ["team_lead", "policy_owner"])
def test_the_numbers_of_queries_do_not_grow_with_queues(signed_in, role, django_assert_max_num_queries) -> None:
    work = make_work()
    for number in range(6):
        work.queue(name=f"Queue {number}")
    client = signed_in(role)
    path = "/queues/" if role == "team_lead" else "/flags/"
    client.get(path)
    with django_assert_max_num_queries(12):
        assert client.get(path).status_code == 200
