-- one row per run, suspicious record and scheme
create view audit_records as
select
    runs.run_id,
    records.source,
    records.record_id,
    units.unit_id as dealer_id,
    schemes.scheme,
    records.probability,
    records.reasons,
    records.reasons_zh
from records
inner join runs on records.run_key = runs.run_key
inner join schemes on records.scheme_key = schemes.scheme_key
left join units on records.dealer_key = units.unit_key
