-- Named like columns of the test.
select
    revenue,
    lines,
    problem,
    cast(item_revenue as decimal(12, 2)) as item_revenue
from (values
    ('R1', 'l', 'p', 10.00),
    ('R2', 'l', 'p', 15.00)
) as given (revenue, lines, problem, item_revenue)
