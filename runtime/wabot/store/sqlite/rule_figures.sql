-- What the rules did, from the sums of days.

-- name: rule_figures
SELECT rule_id, reason, SUM(fired) AS fired, SUM(failed) AS failed, SUM(alone) AS alone, SUM(by_person) AS by_person,
    SUM(unknown_next) AS unknown_next, SUM(micros) AS micros, MAX(last_at) AS last_at
FROM rule_analytics WHERE tenant_id = :tenant AND date >= :first AND date <= :last GROUP BY rule_id, reason;
