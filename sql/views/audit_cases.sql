-- one row per case: a unit has one while it is open
create view audit_cases as
select
    cases.case_id,
    units.unit_kind,
    units.unit_id,
    schemes.scheme as lead_scheme,
    cases.schemes,
    cases.severity,
    cases.affected,
    cases.probability,
    cases.status,
    cases.assignee,
    first_runs.run_id as first_run_id,
    last_runs.run_id as last_run_id,
    cases.opened_at,
    cases.updated_at,
    cases.due_on,
    cases.snoozed_until,
    cases.merged_into
from cases
inner join units on cases.unit_key = units.unit_key
inner join schemes on cases.lead_scheme_key = schemes.scheme_key
inner join runs as first_runs on cases.first_run_key = first_runs.run_key
inner join runs as last_runs on cases.last_run_key = last_runs.run_key
