-- Named like columns of the test.
select
    verdict,
    from_events,
    step,
    cast(happened_at as timestamp) as happened_at
from (values
    ('v', 'f', 'cart', '2025-03-09 10:00:00'),
    ('v', 'f', 'buy', '2025-03-09 10:01:00'),
    ('w', 'f', 'cart', '2025-03-09 10:00:00')
) as given (verdict, from_events, step, happened_at)
