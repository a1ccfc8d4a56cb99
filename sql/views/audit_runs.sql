-- one row per run: done, halted at the gate, or failed
create view audit_runs as
select
    run_id,
    business_date,
    status,
    problem,
    code_version,
    settings_sha256,
    settings_json,
    fingerprint,
    cases_opened,
    cases_updated,
    started_at,
    finished_at
from runs
