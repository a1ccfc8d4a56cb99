-- one row per run, dealer and questionnaire
create view audit_dealers as
select
    runs.run_id,
    units.unit_id as dealer_id,
    dealer_scores.survey,
    dealer_scores.n,
    dealer_scores.reported_score,
    dealer_scores.adjusted_score,
    dealer_scores.adjusted_low,
    dealer_scores.adjusted_high
from dealer_scores
inner join runs on dealer_scores.run_key = runs.run_key
inner join units on dealer_scores.unit_key = units.unit_key
