-- A shop's orders, by the number of whoever placed them.

-- name: orders_counted
-- What counts for a number that may be nobody's yet; for a contact's it stands with them (migration 0025).
SELECT COALESCE(SUM(orders), 0) AS orders FROM (
    SELECT orders FROM order_summaries WHERE tenant_id = :tenant AND phone = :phone
    UNION ALL
    SELECT 1 FROM orders WHERE tenant_id = :tenant AND phone = :phone AND status NOT IN ('cancelled', 'refunded')
        AND told_at > COALESCE((SELECT fetched_at FROM order_summaries WHERE tenant_id = :tenant AND phone = :phone),
            -1)) AS each_order;

-- name: order_row
SELECT * FROM orders WHERE tenant_id = :tenant AND order_id = :order;

-- name: order_told
-- Told once more, the last word counts.
INSERT INTO orders (tenant_id, order_id, phone, total, ordered_at, status, told_at, updated_at)
VALUES (:tenant, :order, :phone, :total, :ordered_at, :status, :at, :at)
ON CONFLICT (tenant_id, order_id) DO UPDATE SET phone = excluded.phone, total = excluded.total,
    ordered_at = excluded.ordered_at, status = excluded.status, updated_at = excluded.updated_at;

-- name: orders_settle
-- A trigger does it, if there is a contact of that number.
UPDATE contacts SET phone = phone WHERE tenant_id = :tenant AND phone = :phone AND phone <> '';

-- name: order_summary
SELECT fetched_at FROM order_summaries WHERE tenant_id = :tenant AND phone = :phone;

-- name: order_summary_keep
INSERT INTO order_summaries (tenant_id, phone, orders, spent, last_at, fetched_at)
VALUES (:tenant, :phone, :orders, :spent, :last, :at)
ON CONFLICT (tenant_id, phone) DO UPDATE SET orders = excluded.orders, spent = excluded.spent,
    last_at = excluded.last_at, fetched_at = excluded.fetched_at;

-- name: forget_orders
DELETE FROM orders WHERE tenant_id = :tenant AND phone = :name;

-- name: forget_order_summary
DELETE FROM order_summaries WHERE tenant_id = :tenant AND phone = :name;

-- name: forget_orders_known
SELECT (SELECT COUNT(*) FROM orders WHERE tenant_id = :tenant AND phone = :name)
    + (SELECT COUNT(*) FROM order_summaries WHERE tenant_id = :tenant AND phone = :name) AS number;
