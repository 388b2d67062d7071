-- Named like columns of the test.
select
    problem,
    side,
    cast(amount as decimal(12, 2)) as amount,
    cast(expected_amount as decimal(12, 2)) as expected_amount
from (values
    ('p', 's', 10.00, 10.00),
    ('q', 's', 5.00, 4.00)
) as given (problem, side, amount, expected_amount)
