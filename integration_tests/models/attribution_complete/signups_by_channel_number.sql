-- Named like columns of the test.
select
    conversion_revenue,
    conversion_day,
    channel_number,
    cast(amount as decimal(12, 2)) as amount,
    cast(signed_up_at as timestamp) as signed_up_at
from (values
    ('N1', 'k', 3, 10.00, '2025-03-09 10:00:00'),
    ('N2', 'k', 0, 20.00, '2025-03-09 11:00:00'),
    ('N3', 'k', null, 5.00, '2025-03-08 10:00:00')
) as given (conversion_revenue, conversion_day, channel_number, amount, signed_up_at)
