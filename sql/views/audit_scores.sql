-- one row per run, unit and scheme: every unit, flagged or not
create view audit_scores as
select
    runs.run_id,
    runs.business_date,
    units.unit_kind,
    units.unit_id,
    schemes.scheme,
    scores.n,
    scores.bits,
    scores.probability,
    scores.q_value,
    scores.affected_share,
    scores.affected_low,
    scores.affected_high,
    scores.flagged,
    scores.prior
from scores
inner join runs on scores.run_key = runs.run_key
inner join units on scores.unit_key = units.unit_key
inner join schemes on scores.scheme_key = schemes.scheme_key
