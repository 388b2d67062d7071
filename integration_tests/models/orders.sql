select
    transaction_id,
    client_id,
    cast(revenue as decimal(12, 2)) as revenue,
    cast(revenue as double precision) as float_revenue,
    cast(ordered_at as timestamp) as ordered_at,
    channel
from (values
    ('T1', 'c1', 10.10, '2025-01-01 10:00:00', 'search'),
    ('T2', 'c2', 20.50, '2025-01-01 23:30:00', ''),
    ('T3', 'c3', 30.20, '2025-01-02 08:00:00', '(not set)'),
    ('T4', 'c4', null, '2025-01-03 08:00:00', 'search'),
    ('T5', 'c5', 7.00, '2025-01-03 09:00:00', null),
    (null, 'c6', 5.00, '2025-01-05 09:00:00', 'email'),
    ('T6', 'c7', 12.00, '2025-01-05 10:00:00', 'email'),
    ('T6', 'c8', 3.00, null, 'email')
) as given (transaction_id, client_id, revenue, ordered_at, channel)
