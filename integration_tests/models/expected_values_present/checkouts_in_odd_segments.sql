-- Named like columns of the test.
select
    day,
    expected_value,
    step,
    cast(happened_at as timestamp) as happened_at
from (values
    ('d1', 'e', 'buy', '2025-03-09 10:00:00'),
    ('d2', 'e', 'cart', '2025-03-09 10:00:00')
) as given (day, expected_value, step, happened_at)
