-- What people wrote and what was settled in a span of time is read from the sums: these indexes of 0028 serve nobody.

DROP INDEX outbox_of_people;
DROP INDEX conversations_resolved;
