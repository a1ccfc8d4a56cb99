-- one row per run, unit, scheme and detector
create view audit_evidence as
select
    runs.run_id,
    units.unit_kind,
    units.unit_id,
    schemes.scheme,
    detectors.family,
    detectors.detector,
    evidence.n,
    evidence.observed,
    evidence.expected,
    evidence.bits,
    evidence.abstained,
    evidence.reason,
    evidence.reason_zh,
    evidence.fair_low,
    evidence.fair_high,
    evidence.family_bits
from evidence
inner join runs on evidence.run_key = runs.run_key
inner join units on evidence.unit_key = units.unit_key
inner join schemes on evidence.scheme_key = schemes.scheme_key
inner join detectors on evidence.detector_key = detectors.detector_key
