-- one row per case and scheme
create view audit_findings as
select
    findings.case_id,
    schemes.scheme,
    findings.n,
    findings.bits,
    findings.probability,
    findings.affected_share,
    findings.affected_low,
    findings.affected_high,
    findings.outcome,
    findings.proposed_by,
    findings.decided_by,
    findings.confirmed_by,
    findings.decided_at
from findings
inner join schemes on findings.scheme_key = schemes.scheme_key
