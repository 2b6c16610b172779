"""A department of made-up work, put into the database in a few statements: projects, decisions, audits, targets."""

PEOPLE = 12
MARKETS = ("DE", "FR", "PL", "EG")
# name, share of errors that auditors find, share of second answers that differ, share of items on time
PROJECTS = (
    ("short-video", "Short video", 0.09, 0.22, 0.97),
    ("live-chat", "Live chat", 0.038, 0.13, 0.92),
    ("listings", "Listings", 0.041, 0.1, 0.97),
    ("comments", "Comments", 0.03, 0.08, 0.975),
    ("ads-review", "Ads review", 0.025, 0.06, 0.98),
    ("pairs", "Pairwise preference", None, 0.1, 0.99),
)
DEFINITION = (
    '{"questions": [{"key": "violation", "type": "choice", "title": "Does it break a rule?", "help": "",'
    ' "is_required": true, "per": "item", "config": {"labels": ["yes", "no"]}, "names": {}, "show_when": null}]}'
)
NOBODY = "00000000-0000-0000-0000-000000000000"

ONCE = f"""
INSERT INTO catalog_product (id, code, name, created_at) VALUES (gen_random_uuid(), 'content', 'User content', now());
INSERT INTO people_person (id, name, kind, created_at)
    SELECT gen_random_uuid(), 'Person ' || n, 'human', now() FROM generate_series(1, {PEOPLE}) n;
INSERT INTO catalog_labelschema (id, code, name, created_at) VALUES (gen_random_uuid(), 'harm', 'Harm', now());
INSERT INTO catalog_schemaversion (id, schema_id, number, definition, revision, created_by, created_at, published_by,
                                   published_at)
    SELECT gen_random_uuid(), id, 1, '{DEFINITION}', 1, '{NOBODY}', now(), '{NOBODY}', now() - interval '70 days'
    FROM catalog_labelschema;
CREATE TEMPORARY TABLE who AS SELECT id, row_number() OVER () - 1 AS n FROM people_person WHERE name LIKE 'Person %';
"""

PROJECT = f"""
INSERT INTO catalog_project (id, code, name, product_id, schema_id, purpose, state, markets, languages, overlap,
        lease_seconds, shows_model_score, time_zone, severity_points, dispute_hours, due_hours, revision, created_by,
        created_at)
    SELECT gen_random_uuid(), %(code)s, %(name)s, r.id, s.id, '', 'live', %(markets)s, '{{en}}', 1, 1800, false, 'UTC',
        '{{}}', 72, 24, 1, '{NOBODY}', now() - interval '70 days' FROM catalog_product r, catalog_labelschema s;
INSERT INTO labeling_queue (id, project_id, name, market, language, priority, overlap, state, created_by, created_at)
    SELECT gen_random_uuid(), id, 'Main', '', '', 0, 1, 'open', '{NOBODY}', now()
    FROM catalog_project WHERE code = %(code)s;
INSERT INTO catalog_target (id, project_id, kpi, market, value, starts_on, set_by, set_at)
    SELECT gen_random_uuid(), p.id, t.kpi, '', t.value, '2020-01-01', '{NOBODY}', now()
    FROM catalog_project p, (VALUES ('decision_accuracy', 0.95), ('critical_error_accuracy', 0.99), ('agreement', 0.7),
                                    ('turnaround', 0.95)) t(kpi, value) WHERE p.code = %(code)s;
CREATE TEMPORARY TABLE made AS
    SELECT gen_random_uuid() AS id, n, now() - interval '60 days' * (n::float / %(rows)s) - interval '2 hours' AS at,
        (%(markets)s::text[])[1 + n %% {len(MARKETS)}] AS market FROM generate_series(1, %(rows)s) n;
INSERT INTO intake_item (id, project_id, item_key, kind, text, meta, language_declared, language_detected, market,
                         surface, source, received_at)
    SELECT m.id, p.id, 'k' || m.n, 'text', 'The river is quiet this winter, said letter ' || m.n, '{{}}', 'en', 'en',
        m.market, '', '', m.at FROM made m, catalog_project p WHERE p.code = %(code)s;
INSERT INTO labeling_slot (queue_id, item_id, priority, wanted, taken, decided, received_at, final_at)
    SELECT q.id, m.id, 0, 1, 0, (m.n > 400)::int, m.at,
        CASE WHEN m.n > 400 THEN m.at + interval '1 hour' * CASE WHEN random() < %(on_time)s THEN 5 ELSE 40 END END
    FROM made m, labeling_queue q JOIN catalog_project p ON p.id = q.project_id WHERE p.code = %(code)s;
INSERT INTO labeling_decision (id, project_id, item_id, queue_id, person_id, outcome, answers, reason, note, submit_key,
        received_at, active_ms, decision_mode, translation_used, prelabel_shown, view_mode, tool_version,
        schema_version_id, is_late)
    SELECT gen_random_uuid(), p.id, m.id, q.id, w.id, CASE WHEN m.n %% 61 = 0 THEN 'skipped' ELSE 'decided' END,
        jsonb_build_object('violation', CASE WHEN (m.n %% 3 = 0) <> (k = 2 AND random() < %(differ)s) THEN 'yes'
                                             ELSE 'no' END), '', '', gen_random_uuid(),
        m.at + interval '1 hour' * k, (8000 * exp(random() * 2))::bigint, 'human', false, false, 'full', '', v.id, false
    FROM made m CROSS JOIN generate_series(1, 2) k JOIN who w ON w.n = (m.n + k) %% {PEOPLE}
        JOIN catalog_project p ON p.code = %(code)s JOIN labeling_queue q ON q.project_id = p.id
        CROSS JOIN catalog_schemaversion v
    WHERE m.n > 400 AND (k = 1 OR m.n %% 10 = 0);
"""

AUDITS = f"""
INSERT INTO quality_plan (id, project_id, name, version, purpose, design, strata_by, sample_size, allocation,
        minimum_per_stratum, maximum_per_stratum, blind_mode, seed, state, created_by, created_at)
    SELECT gen_random_uuid(), id, 'Weekly', 1, 'estimate', 'stratified', '{{market}}', 600, 'equal', 0, 0, 'single', 7,
        'active', '{NOBODY}', now() FROM catalog_project WHERE code = %(code)s;
CREATE TEMPORARY TABLE chosen AS
    SELECT d.*, i.market, row_number() OVER (PARTITION BY i.market ORDER BY random()) AS place,
        count(*) OVER (PARTITION BY i.market) AS size
    FROM labeling_decision d JOIN intake_item i ON i.id = d.item_id JOIN catalog_project p ON p.id = d.project_id
    WHERE p.code = %(code)s AND d.outcome = 'decided';
INSERT INTO quality_draw (id, plan_id, number, seed, frame_from, frame_to, frame_size, frame_hash, strata, drawn_by,
                          drawn_at)
    SELECT gen_random_uuid(), n.id, 1, 7, now() - interval '61 days', now(), (SELECT count(*) FROM chosen), '',
        (SELECT jsonb_agg(DISTINCT jsonb_build_object('stratum', market, 'size', size, 'drawn', 150)) FROM chosen),
        '{NOBODY}', now() FROM quality_plan n JOIN catalog_project p ON p.id = n.project_id WHERE p.code = %(code)s;
INSERT INTO quality_audit (id, draw_id, project_id, decision_id, item_id, stratum, inclusion_probability, position,
                           state, auditor_id, own_outcome, own_label_locked_at, filed_at, is_correct)
    SELECT gen_random_uuid(), w.id, c.project_id, c.id, c.item_id, c.market, least(1, 150.0 / c.size), c.place, 'filed',
        (SELECT id FROM who WHERE n = 0), 'decided', now(), now(), random() >= %(errors)s
    FROM chosen c, quality_draw w JOIN quality_plan n ON n.id = w.plan_id JOIN catalog_project p ON p.id = n.project_id
    WHERE p.code = %(code)s AND c.place <= 150;
INSERT INTO quality_finding (id, audit_id, outcome_class, severity, severity_by_rule, severity_reason, cause, caught,
        question, rule_code, evidence, comment, coaching_note, counts_for, status, disputable_until, filed_by_id,
        filed_at)
    SELECT gen_random_uuid(), a.id, 'A2', CASE WHEN random() < 0.1 THEN 'S3' ELSE 'S2' END, 'S2', '', 'annotator',
        'audit', '', '', '{{}}', '', '', '{{person,product}}', 'open', now() + interval '3 days', a.auditor_id, now()
    FROM quality_audit a JOIN catalog_project p ON p.id = a.project_id WHERE p.code = %(code)s AND NOT a.is_correct;
DROP TABLE chosen;
"""


def fill(cursor, *, rows: int) -> None:
    """Six projects: the first with so many items, the others with a tenth of them."""
    cursor.execute(ONCE)
    for place, (code, name, errors, differ, on_time) in enumerate(PROJECTS):
        given = {"code": code, "name": name, "markets": list(MARKETS), "rows": rows if place == 0 else rows // 10,
                 "errors": errors, "differ": differ, "on_time": on_time}  # fmt: skip
        cursor.execute(PROJECT, given)
        if errors is not None:
            cursor.execute(AUDITS, given)
        cursor.execute("DROP TABLE made")
    cursor.execute("ANALYZE")
