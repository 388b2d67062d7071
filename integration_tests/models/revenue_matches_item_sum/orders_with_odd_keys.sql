-- Named like columns of the test.
select
    revenue,
    lines,
    problem,
    cast(amount as decimal(12, 2)) as amount,
    cast(order_day as timestamp) as order_day
from (values
    ('R1', 'l', 'p', 10.00, '2025-03-09 10:00:00'),
    ('R2', 'l', 'p', 20.00, '2025-03-09 10:00:00')
) as given (revenue, lines, problem, amount, order_day)
