"""Items on their way in: staged unseen, published whole, known when they come again."""

import threading

import pytest
from django.db import connection, connections

from smo.intake import actions, models, queries
from smo.intake.rules.faults import FileNotRead, FileTooLarge, ImportNotReady, ImportOver, NothingToPublish, RowsRefused
from smo.kernel import audit, outbox
from smo.kernel.permissions import EVERYWHERE, SYSTEM, Actor, Grant, PermissionDenied, Scope, Verb
from tests.apps.intake.conftest import staged


def codes(import_id) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in queries.rejected(by=SYSTEM, import_id=import_id)]


def keys(project: str) -> list[str]:
    return sorted(row.item_key for row in queries.items(by=SYSTEM, project=project).rows)


def test_nobody_sees_a_row_until_it_is_published(received, project) -> None:
    import_id = received("id,text,lang,mood\n1,one,en,glad\n2,two,de,\n")
    actions.stage_import(by=SYSTEM, import_id=import_id)
    assert staged() == 2
    assert keys(project) == []
    actions.publish_items(by=SYSTEM, import_id=import_id)
    assert staged() == 0
    assert keys(project) == ["1", "2"]
    first = next(row for row in queries.items(by=SYSTEM, project=project).rows if row.item_key == "1")
    content = queries.item(by=SYSTEM, item_id=first.id).content
    assert (content.text, content.language, content.meta) == ("one", "en", {"mood": "glad"})
    state = queries.import_state(by=SYSTEM, import_id=import_id)
    assert (state.row.state, state.row.rows_new, state.row.rows_rejected) == ("published", 2, 0)


def test_publishing_is_told_with_count_and_digest_and_heard_once(received) -> None:
    import_id = received("id,text\n1,one\n")
    actions.stage_import(by=SYSTEM, import_id=import_id)
    actions.publish_items(by=SYSTEM, import_id=import_id)
    actions.publish_items(by=SYSTEM, import_id=import_id)
    entries = [
        entry for entry in audit.entries(subject=audit.Subject("import", str(import_id))) if "published" in entry.verb
    ]
    assert [entry.details["rows"] for entry in entries] == [1]
    assert len(entries[0].details["digest"]) == 64
    names = [envelope.name for envelope in outbox.take() if "ItemsPublished" in envelope.name]
    assert len(names) == 1


def test_rows_that_cannot_be_taken_are_named_with_row_and_column(received, project) -> None:
    text = 'id,text,score\n1,one,0.5\n,two,0.1\n3,,\n4,four,high\n1,again,\n6,"si\nx",1\n7\n'
    import_id = received(text)
    actions.stage_import(by=SYSTEM, import_id=import_id)
    found = list(queries.rejected(by=SYSTEM, import_id=import_id))
    assert [(fault.row, fault.line, fault.column, fault.code) for fault in found] == [
        (2, 3, "id", "no_key"),
        (3, 4, "text", "no_text"),
        (4, 5, "score", "bad_number"),
        (5, 6, "id", "doubled_key"),
        (7, 9, "", "misfit_row"),
    ]
    assert found[2].value == "high"
    assert all(fault.reason and fault.remedy for fault in found)
    actions.publish_items(by=SYSTEM, import_id=import_id)
    assert keys(project) == ["1", "6"]
    assert len(queries.import_state(by=SYSTEM, import_id=import_id).faults) == 5


def test_the_same_file_again_changes_nothing(received, project) -> None:
    for turn in range(2):
        import_id = received("id,text\n1,one\n2,two\n")
        actions.stage_import(by=SYSTEM, import_id=import_id)
        actions.publish_items(by=SYSTEM, import_id=import_id)
        row = queries.import_state(by=SYSTEM, import_id=import_id).row
        assert (row.rows_new, row.rows_known) == ((2, 0), (0, 2))[turn]
    assert keys(project) == ["1", "2"]


def test_a_known_id_with_other_content_is_refused_and_says_so(received, project) -> None:
    first = received("id,text\n1,one\n")
    actions.stage_import(by=SYSTEM, import_id=first)
    actions.publish_items(by=SYSTEM, import_id=first)
    second = received("id,text\n1,other\n2,two\n")
    actions.stage_import(by=SYSTEM, import_id=second)
    assert codes(second) == [(1, "key_taken")]
    actions.publish_items(by=SYSTEM, import_id=second)
    texts = {row.item_key: row.beginning for row in queries.items(by=SYSTEM, project=project).rows}
    assert texts == {"1": "one", "2": "two"}


def test_strange_bytes_and_large_texts_come_in_whole(received, project) -> None:
    large = "x" * 1_000_000
    text = f'id,text\n1,"{large}"\n2,a\0b\n'.encode() + b"3,gr\xfc\xdfe\n" + "4,\u202eevil\n".encode()
    import_id = received(text)
    actions.stage_import(by=SYSTEM, import_id=import_id)
    actions.publish_items(by=SYSTEM, import_id=import_id)
    texts = {item.item_key: item.text for item in models.Item.objects.all()}
    assert len(texts["1"]) == 1_000_000
    assert (texts["2"], texts["3"], texts["4"]) == ("ab", "grüße", "\u202eevil")


def test_conversations_keep_their_turns(received) -> None:
    lines = (
        '{"id": "a", "turns": [{"role": "user", "text": "hi"}, {"speaker": "bot", "content": "yo"}], "meta": {"n": 1}}'
    )
    import_id = received(lines + '\n{"id": "b", "turns": "hm"}\n', name="file.jsonl")
    actions.stage_import(by=SYSTEM, import_id=import_id)
    assert codes(import_id) == [(2, "bad_turns")]
    actions.publish_items(by=SYSTEM, import_id=import_id)
    item = models.Item.objects.get()
    assert item.turns == [{"role": "user", "text": "hi"}, {"role": "bot", "text": "yo"}]
    assert item.meta == {"n": 1}


def test_a_cancelled_import_leaves_nothing_and_cannot_be_published(received) -> None:
    import_id = received("id,text\n1,one\n")
    actions.stage_import(by=SYSTEM, import_id=import_id)
    actions.cancel_import(by=SYSTEM, import_id=import_id)
    assert staged() == 0
    with pytest.raises(ImportOver):
        actions.publish_items(by=SYSTEM, import_id=import_id)


def test_cancelling_while_it_is_staged_stops_at_the_next_piece(received, monkeypatch) -> None:
    import_id = received("id,text\n" + "".join(f"{n},t\n" for n in range(100)))
    monkeypatch.setattr("smo.intake.actions.staging.pieces", _small_pieces(cancel_after=2, import_id=import_id))
    actions.stage_import(by=SYSTEM, import_id=import_id)
    assert staged() == 0
    assert queries.import_state(by=SYSTEM, import_id=import_id).row.state == "cancelled"


def _small_pieces(*, cancel_after: int = 0, fail_after: int = 0, import_id=None):
    from smo.tables import pieces as real  # noqa: PLC0415

    def pieces(prepared, wanted, *, start=None):
        for number, piece in enumerate(real.pieces(prepared, wanted, start=start, size=64)):
            if cancel_after and number == cancel_after:
                actions.cancel_import(by=SYSTEM, import_id=import_id)
            if fail_after and number == fail_after:
                raise ConnectionError("cut")
            yield piece

    return pieces


@pytest.mark.parametrize("name", ["file.csv", "file.jsonl"])
def test_staging_that_was_cut_off_goes_on_and_doubles_nothing(received, project, monkeypatch, name) -> None:
    rows = [f"{n},text {n}" for n in range(60)]
    text = "id,text\n" + "\n".join(rows)
    if name.endswith("jsonl"):
        text = "\n".join(f'{{"id": "{n}", "text": "text {n}"}}' for n in range(60))
    import_id = received(text, name=name)
    for fail_after in (1, 3, 2):
        monkeypatch.setattr("smo.intake.actions.staging.pieces", _small_pieces(fail_after=fail_after))
        with pytest.raises(ConnectionError):
            actions.stage_import(by=SYSTEM, import_id=import_id)
    assert 0 < staged() < 60
    monkeypatch.setattr("smo.intake.actions.staging.pieces", _small_pieces())
    actions.stage_import(by=SYSTEM, import_id=import_id)
    actions.publish_items(by=SYSTEM, import_id=import_id)
    assert models.Item.objects.count() == 60
    lines = models.Rejected.objects.count()
    assert lines == 0


@pytest.mark.parametrize("step", ["drop_staging", "note", "outbox.publish"])
def test_publishing_that_fails_at_any_step_publishes_nothing(received, project, monkeypatch, step) -> None:
    import_id = received("id,text\n1,one\n")
    actions.stage_import(by=SYSTEM, import_id=import_id)

    def fail(*_given, **_named) -> None:
        raise ConnectionError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(f"smo.intake.actions.publishing.{step}", fail)
        with pytest.raises(ConnectionError):
            actions.publish_items(by=SYSTEM, import_id=import_id)
    assert keys(project) == []
    assert staged() == 1
    actions.publish_items(by=SYSTEM, import_id=import_id)
    assert keys(project) == ["1"]


@pytest.mark.django_db(transaction=True)
def test_of_two_publishers_at_once_one_brings_the_item(received, project) -> None:
    imports = [received("id,text\n1,one\n2,two\n", name=f"f{n}.csv") for n in range(2)]
    for import_id in imports:
        actions.stage_import(by=SYSTEM, import_id=import_id)

    def publish(import_id) -> None:
        try:
            actions.publish_items(by=SYSTEM, import_id=import_id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=(import_id,)) for import_id in (*imports, *imports)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [queries.import_state(by=SYSTEM, import_id=import_id).row for import_id in imports]
    assert sorted((row.rows_new, row.rows_known) for row in rows) == [(0, 2), (2, 0)]
    assert keys(project) == ["1", "2"]


def test_what_is_not_staged_or_empty_is_not_published(received) -> None:
    import_id = received("id,text\n1,one\n")
    with pytest.raises(ImportNotReady):
        actions.publish_items(by=SYSTEM, import_id=import_id)
    empty = received("id,text\n1,\n", name="empty.csv")
    actions.stage_import(by=SYSTEM, import_id=empty)
    with pytest.raises(NothingToPublish):
        actions.publish_items(by=SYSTEM, import_id=empty)


def test_small_batches_come_in_whole_or_not_at_all(project) -> None:
    added = actions.add_items(
        by=SYSTEM, project=project, rows=[{"key": "a", "text": "one", "extra": [1]}, {"key": "b", "text": "two"}]
    )
    assert sorted(added.items) == ["a", "b"]
    assert queries.content([added.items["a"]])[added.items["a"]].meta == {"extra": [1]}
    with pytest.raises(RowsRefused) as refusal:
        actions.add_items(by=SYSTEM, project=project, rows=[{"key": "c", "text": "x"}, {"key": "d"}])
    [fault] = refusal.value.parameters["faults"]
    assert (fault["row"], fault["column"], fault["code"], fault["remedy"]) == (
        2,
        "text",
        "no_text",
        "Fill in the text.",
    )
    assert keys(project) == ["a", "b"]


def test_only_who_may_import_there_does(received, project) -> None:
    import_id = received("id,text\n1,one\n")
    elsewhere = Actor(SYSTEM.id, (Grant("importer", frozenset({Verb.IMPORT_DATA}), Scope(project="other")),))
    nobody = Actor(SYSTEM.id, (Grant("annotator", frozenset({Verb.LABEL}), EVERYWHERE),))
    for by in (elsewhere, nobody):
        for act in (actions.stage_import, actions.publish_items, actions.cancel_import, queries.import_state):
            with pytest.raises(PermissionDenied):
                act(by=by, import_id=import_id)
        with pytest.raises(PermissionDenied):
            actions.begin_upload(by=by, project=project, kind="items", file_name="x.csv", size=1)
        with pytest.raises(PermissionDenied):
            queries.items(by=by, project=project)


@pytest.mark.parametrize(
    "name", ["a." + "\u5b57" * 190, "..", "../../etc/passwd", "x.y\u202e.csv", "CON", "a\0b.csv", ""]
)
def test_whatever_a_file_is_called_it_lies_in_its_folder(project, settings, name) -> None:
    import_id = actions.begin_upload(by=SYSTEM, project=project, kind="items", file_name=name, size=1)
    actions.append_part(by=SYSTEM, import_id=import_id, offset=0, data=b"x")
    assert (settings.UPLOAD_DIR / queries.upload_of(by=SYSTEM, import_id=import_id).path.name).read_bytes() == b"x"


def test_a_file_that_cannot_be_so_large_is_refused(project) -> None:
    with pytest.raises(FileTooLarge):
        actions.begin_upload(by=SYSTEM, project=project, kind="items", file_name="a.csv", size=10**30)


def test_a_file_that_is_gone_is_said_to_be_gone(project) -> None:
    content = [b"id,text\n1,one\n"]
    import_id = actions.receive_import(by=SYSTEM, project=project, kind="items", file_name="mine.csv", content=content)
    queries.upload_of(by=SYSTEM, import_id=import_id).path.unlink()
    with pytest.raises(FileNotRead) as refusal:
        actions.look_into(by=SYSTEM, import_id=import_id)
    assert "mine.csv: The file is not here any more" in refusal.value.parameters["why"]


@pytest.mark.parametrize("data", [b"id,text\n", b'id,text\n1,"' + b"x" * 2_000_000 + b'"\n'])
def test_columns_are_known_without_a_whole_row(received, data) -> None:
    import_id = received(data)
    assert actions.look_into(by=SYSTEM, import_id=import_id).guesses == {"key": "id", "text": "text"}


def test_a_file_that_cannot_be_read_is_called_as_it_was_sent(project) -> None:
    content = [b'id,text\n1,"open\n2,b\n']
    import_id = actions.receive_import(by=SYSTEM, project=project, kind="items", file_name="mine.csv", content=content)
    with pytest.raises(FileNotRead) as refusal:
        actions.look_into(by=SYSTEM, import_id=import_id)
    assert refusal.value.parameters["why"].startswith("mine.csv, row 2: ")


def test_parts_arrive_in_any_number_of_tries(project) -> None:
    data = b"id,text\n1,one\n"
    import_id = actions.begin_upload(by=SYSTEM, project=project, kind="items", file_name="a/b/../f.csv", size=len(data))
    assert actions.append_part(by=SYSTEM, import_id=import_id, offset=0, data=data[:5]) == 5
    assert actions.append_part(by=SYSTEM, import_id=import_id, offset=0, data=data[:5]) == 5
    assert actions.append_part(by=SYSTEM, import_id=import_id, offset=5, data=data[5:]) == len(data)
    actions.finish_upload(by=SYSTEM, import_id=import_id)
    look = actions.look_into(by=SYSTEM, import_id=import_id)
    assert (look.columns, look.rows, look.guesses) == (("id", "text"), (("1", "one"),), {"key": "id", "text": "text"})
    assert queries.import_state(by=SYSTEM, import_id=import_id).row.file_name == "f.csv"
    assert connection.in_atomic_block
