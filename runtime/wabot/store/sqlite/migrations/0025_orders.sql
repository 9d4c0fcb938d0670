-- What a shop tells of its customers' orders, by their number: each order (orders), or a summary that was looked up
-- (order_summaries). A number stands for a customer whether or not they ever wrote. Amounts are hundredths.

CREATE TABLE orders (
    tenant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    phone TEXT NOT NULL,
    total INTEGER NOT NULL,
    ordered_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('placed', 'paid', 'shipped', 'completed', 'cancelled', 'refunded')),
    told_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, order_id)
);
CREATE INDEX orders_of_phone ON orders (tenant_id, phone, ordered_at);

CREATE TABLE order_summaries (
    tenant_id TEXT NOT NULL,
    phone TEXT NOT NULL,
    orders INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    last_at INTEGER,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, phone)
);

-- What stands with the contact of a number: the summary, and on top of it the orders that were told after it was looked
-- up. Whoever changes a number's orders writes the contact's number anew, as it was.
CREATE TRIGGER contact_orders AFTER UPDATE OF phone ON contacts WHEN NEW.phone <> ''
BEGIN
    UPDATE contacts SET (total_orders, total_spent, last_order_at) = (
        SELECT COALESCE(SUM(orders), 0), COALESCE(SUM(spent), 0), MAX(last_at) FROM (
            SELECT orders, spent, last_at FROM order_summaries WHERE tenant_id = NEW.tenant_id AND phone = NEW.phone
            UNION ALL
            SELECT 1, total, ordered_at FROM orders
            WHERE tenant_id = NEW.tenant_id AND phone = NEW.phone AND status NOT IN ('cancelled', 'refunded')
                AND told_at > COALESCE((SELECT fetched_at FROM order_summaries
                    WHERE tenant_id = NEW.tenant_id AND phone = NEW.phone), -1)) AS each_order)
    WHERE id = NEW.id;
END;

CREATE TRIGGER contact_orders_first AFTER INSERT ON contacts
WHEN EXISTS (SELECT 1 FROM orders WHERE tenant_id = NEW.tenant_id AND phone = NEW.phone)
    OR EXISTS (SELECT 1 FROM order_summaries WHERE tenant_id = NEW.tenant_id AND phone = NEW.phone)
BEGIN
    UPDATE contacts SET phone = phone WHERE id = NEW.id;
END;
