select
    client_id,
    step,
    cast(happened_at as timestamp) as happened_at,
    referrer
from (values
    ('c1', 'view', '2025-01-01 10:00:00', 'a'),
    ('c1', 'cart', '2025-01-01 10:01:00', null),
    ('c1', 'buy', '2025-01-01 10:02:00', null),
    ('c2', 'view', '2025-01-02 10:00:00', null),
    ('c2', 'buy', '2025-01-02 09:00:00', null),
    ('c3', 'buy', '2025-01-03 10:00:00', null),
    ('c4', 'cart', '2025-01-03 10:00:00', null),
    ('c4', 'buy', '2025-01-03 10:00:00', null),
    ('c5', 'view', null, null),
    (null, 'buy', '2025-01-05 10:00:00', 'b'),
    ('c6', 'scroll', '2025-01-05 11:00:00', 'c')
) as given (client_id, step, happened_at, referrer)
