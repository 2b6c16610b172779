"""What every answer carries, and what no page may hold."""

from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.test import Client

from smo.kernel.permissions import SYSTEM
from smo.people import actions
from smo.web.security import HEADERS, POLICY

PAGES = (
    "/",
    "/office/people",
    "/office/people/add",
    "/office/roles",
    "/office/audit-trail",
    "/office/audit-trail/verification",
    "/office/sign-ins",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/no/such/page",
)


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture
def pages(signed_in) -> dict[str, Page]:
    client = signed_in("admin")
    found = {path: Page(client.get(path).content.decode()) for path in PAGES}
    return found | {"/accounts/login/": Page(Client().get("/accounts/login/").content.decode())}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/no/such/page", "/api/v1/health", "/api/v1/me"])
def test_every_answer_carries_the_headers(path: str) -> None:
    response = Client().get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_no_page_holds_inline_script_or_style(pages) -> None:
    for path, page in pages.items():
        assert not page.all("style"), path
        assert all(script.get("src") for script in page.all("script")), path
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], (path, tag)


def test_pages_load_from_our_own_address_only(pages) -> None:
    for path, page in pages.items():
        loaded = [tag.get("src") or tag.get("href") for tag in page.all("script", "link", "img", "use")]
        assert loaded, path
        assert all(address and address.startswith("/static/") for address in loaded), path


def test_every_page_can_be_read_by_ear(pages) -> None:
    for path, page in pages.items():
        assert len(page.all("h1")) == 1, path
        assert len(page.all("main")) == 1, path
        levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
        assert len(ids) == len(set(ids)), (path, ids)
        labelled = {label.get("for") for label in page.all("label")}
        for control in page.all("input", "select", "textarea"):
            if control.get("type") != "hidden":
                assert control.get("id") in labelled, (path, control)
        assert all(header.get("scope") for header in page.all("th")), path
        assert page.all("html")[0].get("lang") == "en", path


def test_pages_behind_the_door_are_kept_by_nobody(signed_in) -> None:
    client = signed_in("admin")
    for path in ("/", "/office/people", "/office/audit-trail"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


@pytest.mark.django_db
def test_the_theme_is_kept_and_leads_nowhere_else() -> None:
    client = Client()
    response = client.post("/theme", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response.url == "/"
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post("/theme", {"theme": "pink"})
    assert 'data-bs-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


@pytest.mark.django_db
def test_right_to_left_is_one_cookie_away() -> None:
    client = Client()
    client.post("/i18n/setlang/", {"language": "ar", "next": "/accounts/login/"})
    source = client.get("/accounts/login/").content.decode()
    assert '<html lang="ar" dir="rtl"' in source
    assert "app.rtl.css" in source


def test_a_fault_of_ours_is_said_in_words_and_leaks_nothing(signed_in, monkeypatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("secret detail")

    client = signed_in("admin")
    monkeypatch.setattr("smo.people.queries.roles", broken)
    client.raise_request_exception = False
    response = client.get("/office/roles")
    assert response.status_code == 500
    assert "Something failed on our side" in response.content.decode()
    assert "secret detail" not in response.content.decode()
    assert response.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("path", ["/office/people", "/api/v1/people"])
def test_an_address_that_the_database_cannot_hold_is_a_broken_request(signed_in, path) -> None:
    response = signed_in("admin").get(f"{path}?search=%00")
    assert response.status_code == 400
    assert "could not be read" in response.content.decode()


@pytest.mark.django_db
def test_who_tries_too_often_is_told_so_on_a_page_of_ours() -> None:
    client = Client()
    for turn in range(40):
        response = client.post("/accounts/login/", {"login": f"nobody{turn}@example.org", "password": "a guess"})
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert "Wait five minutes" in response.content.decode()
    assert "app.css" in response.content.decode()


def test_the_password_that_an_administrator_has_seen_is_not_kept(member) -> None:
    made = actions.reset_password(by=SYSTEM, person_id=member("annotator").person_id)
    client = Client()
    client.post("/accounts/login/", {"login": made.email, "password": made.password})
    asked = {"oldpassword": made.password, "password1": made.password, "password2": made.password}
    kept = client.post("/accounts/password/change/", asked)
    assert "Choose another one" in kept.content.decode()
    assert client.get("/").status_code == 302
    own = {"password1": "four words of mine 48", "password2": "four words of mine 48"}
    assert client.post("/accounts/password/change/", asked | own).status_code == 302
    assert client.get("/").status_code == 200
