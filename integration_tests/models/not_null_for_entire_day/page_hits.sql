select
    country,
    referrer,
    cast(hit_at as timestamp) as hit_at,
    -- Named like a column of the test.
    cast(cast(hit_at as timestamp) as date) as day
from (values
    ('DE', 'a', '2025-03-01 10:00:00'),
    ('FR', null, '2025-03-01 11:00:00'),
    ('DE', null, '2025-03-03 10:00:00'),
    ('FR', null, '2025-03-03 11:00:00'),
    ('DE', 'a', '2025-03-04 23:30:00'),
    ('DE', null, '2025-03-05 10:00:00'),
    ('FR', 'b', '2025-03-07 10:00:00'),
    (null, null, '2025-03-07 11:00:00'),
    (null, null, '2025-03-07 12:00:00'),
    ('DE', null, '2025-03-09 10:00:00'),
    ('DE', null, '2025-03-10 05:00:00'),
    ('DE', null, null),
    ('FR', 'c', null)
) as given (country, referrer, hit_at)
