select
    transaction_id,
    client_id,
    cast(revenue as decimal(12, 2)) as revenue,
    cast(ordered_at as timestamp) as ordered_at,
    channel
from (values ('T1', 'c1', 10.10, '2025-01-01 10:00:00', 'search')) as given (transaction_id, client_id, revenue, ordered_at, channel)
