-- one row per run and rule that a delivered row breaks
create view audit_quarantine as
select
    runs.run_id,
    quarantined_rows.source,
    quarantined_rows.file_name,
    quarantined_rows.row_number,
    quarantined_rows.rule,
    quarantined_rows.column_name,
    quarantined_rows.value_masked,
    quarantined_rows.reason
from quarantined_rows
inner join runs on quarantined_rows.run_key = runs.run_key
