-- Named like columns of the test.
select
    day,
    rows_of_the_day,
    one,
    referrer,
    cast(hit_at as timestamp) as hit_at
from (values
    ('mon', 'r', '1', 'x', '2025-03-08 10:00:00'),
    ('mon', 'r', '1', null, '2025-03-09 10:00:00'),
    ('tue', 'r', '1', 'x', '2025-03-09 11:00:00')
) as given (day, rows_of_the_day, one, referrer, hit_at)
