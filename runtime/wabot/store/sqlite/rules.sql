-- What is counted of rules, beside what their files say.

-- name: rule_counters
SELECT rule_id, total_triggered, last_triggered_at FROM rule_stats WHERE tenant_id = :tenant;
