-- one row per event of a case, each chained to the one before it
create view audit_events as
select
    event_id,
    case_id,
    at,
    actor,
    action,
    before,
    after,
    previous_hash,
    hash
from events
