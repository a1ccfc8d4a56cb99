-- one row per run and delivered file
create view audit_inputs as
select
    runs.run_id,
    run_inputs.source,
    run_inputs.file_name,
    run_inputs.file_sha256,
    run_inputs.rows_read,
    run_inputs.rows_accepted,
    run_inputs.rows_quarantined,
    run_inputs.table_version
from run_inputs
inner join runs on run_inputs.run_key = runs.run_key
