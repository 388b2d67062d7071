-- In New York clocks go forward on 2025-03-09, from 5 to 4 hours behind UTC.
select
    cast(ordered_at as timestamp) as ordered_at,
    cast(loaded_at as timestamp) as loaded_at
from (values
    ('2025-03-07 20:00:00', '2025-03-08 10:30:00'),
    ('2025-03-08 20:00:00', '2025-03-09 10:30:00'),
    ('2025-03-10 03:30:00', '2025-03-10 04:00:00')
) as given (ordered_at, loaded_at)
