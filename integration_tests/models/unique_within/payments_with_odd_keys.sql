-- Named like columns of the test.
select
    first_day,
    rows_of_the_key,
    cast(last_day as timestamp) as last_day
from (values
    ('A', '1', '2025-03-08 10:00:00'),
    ('A', '1', '2025-03-09 10:00:00'),
    ('A', '2', '2025-03-09 10:00:00')
) as given (first_day, rows_of_the_key, last_day)
