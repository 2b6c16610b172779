"""Import a made file of texts, from parsing to published, and print rows a second, CPU seconds and memory.

Run: python bench/intake/rate.py [--rows 1000000] [--megabytes 0] [--jsonl] [--home DIR]

With --megabytes the file is made so large, of texts of 2 kB, and the rows follow from it; memory must stay flat.
"""

# ruff: noqa: PLC0415 - the apps can be imported only after their settings are known
import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = ["river", "stone", "quiet", "market", "silver", "window", "garden", "bridge", "copper", "winter", "letter"]


def made_file(folder: Path, *, rows: int, words: int, is_json: bool) -> Path:
    """A table of ids, texts, languages and two columns that nobody asks for."""
    path = folder / ("items.jsonl" if is_json else "items.csv")
    with path.open("w", encoding="utf-8") as file:
        if not is_json:
            file.write("item_id,text,lang,market,channel,author\n")
        for row in range(rows):
            text = " ".join(WORDS[(row * 7 + place * place) % len(WORDS)] for place in range(words))
            if is_json:
                file.write(
                    f'{{"item_id": "k{row}", "text": "{text}", "lang": "en", "meta": {{"author": "a{row % 999}"}}}}\n'
                )
            else:
                file.write(f'k{row},"{text}, said {row}",en,DE,web,a{row % 999}\n')
    return path


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def server_cpu_seconds(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def measure(path: Path, rows: int) -> None:
    from smo.cli.boot import boot

    boot()
    from django.db import connection

    from smo.catalog import actions as catalog
    from smo.catalog.rules.projects import ProjectSettings
    from smo.intake import actions as intake
    from smo.intake import queries
    from smo.jobs import imports
    from smo.kernel.permissions import SYSTEM

    code = f"rate-{int(time.time())}"
    catalog.create_product(by=SYSTEM, code=code, name="Rate")
    catalog.create_project(by=SYSTEM, settings=ProjectSettings(code, "Rate", code))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    before, cpu, server, base = time.monotonic(), cpu_seconds(), server_cpu_seconds(backend), peak_megabytes()
    import_id = intake.receive_import(by=SYSTEM, project=code, kind="items", file_name=path.name, content=path)
    intake.map_import(by=SYSTEM, import_id=import_id, mapping=intake.look_into(by=SYSTEM, import_id=import_id).guesses)
    intake.stage_import(by=SYSTEM, import_id=import_id)
    staged = time.monotonic()
    imports.publish(by=SYSTEM, import_id=import_id)
    ended = time.monotonic()
    state = queries.import_state(by=SYSTEM, import_id=import_id).row
    assert (state.rows_new, state.rows_rejected) == (rows, 0), state
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB: {ended - before:.1f} s wall"
          f" (staging {staged - before:.1f}, publishing {ended - staged:.1f})")  # fmt: skip
    print(f"{rows / (ended - before):,.0f} rows/s; CPU {cpu_seconds() - cpu:.1f} s here,"
          f" {server_cpu_seconds(backend) - server:.1f} s in the database")  # fmt: skip
    print(f"peak memory {peak_megabytes():,.0f} MB (before the import {base:,.0f} MB)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=int, default=0)
    parser.add_argument("--jsonl", action="store_true")
    parser.add_argument("--home", default="")
    said = parser.parse_args()
    words = 290 if said.megabytes else 20
    rows = said.megabytes * 1_000_000 // 2_060 if said.megabytes else said.rows
    with tempfile.TemporaryDirectory(prefix="smo-rate-") as made:
        os.environ["SMO_HOME"] = said.home or f"{made}/home"
        smo = Path(sys.executable).with_name("smo")
        subprocess.run([smo, "migrate"], check=True, stdout=subprocess.DEVNULL)
        path = made_file(Path(made), rows=rows, words=words, is_json=said.jsonl)
        try:
            measure(path, rows)
        finally:
            subprocess.run([smo, "stop"], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
