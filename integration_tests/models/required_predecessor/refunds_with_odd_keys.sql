-- Named like columns of the test.
select
    predecessor_at,
    step,
    cast(happened_at as timestamp) as happened_at
from (values
    ('x', 'order', '2025-03-09 10:00:00'),
    ('x', 'refund', '2025-03-09 11:00:00'),
    ('y', 'refund', '2025-03-09 11:00:00')
) as given (predecessor_at, step, happened_at)
