-- A row for each conversion.
select
    signup_id,
    first_channel,
    last_channel,
    state,
    cast(amount as decimal(12, 2)) as amount,
    cast(signed_up_at as timestamp) as signed_up_at
from (values
    ('U1', 'ads', 'ads', 'paid', 10.00, '2025-03-09 10:00:00'),
    ('U2', '  ', 'email', 'paid', 20.00, '2025-03-09 11:00:00'),
    ('U3', 'email', '(none)', 'paid', 30.00, '2025-03-07 00:00:00'),
    ('U4', null, null, null, 40.00, '2025-03-06 23:30:00'),
    ('U5', null, 'ads', 'paid', 50.00, null),
    ('U6', null, null, 'trial', 60.00, '2025-03-08 10:00:00'),
    ('U7', 'ads', 'ads', 'paid', null, '2025-03-10 05:00:00'),
    ('U8', 'email', 'email', 'paid', 5.00, '2025-03-05 12:00:00'),
    (null, 'ads', 'ads', 'paid', 1.00, '2025-03-09 12:00:00')
) as given (signup_id, first_channel, last_channel, state, amount, signed_up_at)
