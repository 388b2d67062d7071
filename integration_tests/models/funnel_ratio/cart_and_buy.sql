-- So many events on each of some days, counted back from 10 March 2025, a Monday, and in so many sessions. A session
-- without a number is unknown.
with days (shop, days_ago, time_of_day, step, events, sessions) as (

    values
    -- A: 0.1, 0.08, 1 and 1.02; too few carts; no buys; no carts, and too few buys; neither; today is not over.
    ('A', 1, '12:00', 'cart', 50, 50), ('A', 1, '12:00', 'buy', 5, 5), ('A', 1, '12:00', null, 60, 60),
    ('A', 2, '12:00', 'cart', 50, 50), ('A', 2, '12:00', 'buy', 4, 4),
    ('A', 3, '12:00', 'cart', 50, 50), ('A', 3, '12:00', 'buy', 50, 50),
    ('A', 4, '12:00', 'cart', 50, 50), ('A', 4, '12:00', 'buy', 51, 51),
    ('A', 5, '12:00', 'cart', 49, 49),
    ('A', 6, '12:00', 'cart', 50, 50),
    ('A', 7, '12:00', 'buy', 50, 50),
    ('A', 8, '12:00', 'buy', 49, 49),
    ('A', 9, '12:00', 'view', 60, 60),
    ('A', 0, '01:00', 'cart', 50, 50),
    ('A', null, '12:00', 'buy', 1, 1),
    ('B', 1, '12:00', 'cart', 100, 100), ('B', 1, '12:00', 'buy', 1, 1),
    (null, 1, '12:00', 'cart', 60, 60),
    -- In Berlin the last one was bought on Monday.
    ('late', 1, '12:00', 'cart', 50, 50), ('late', 1, '12:00', 'buy', 4, 4), ('late', 1, '23:30', 'buy', 1, 1),
    ('many', 1, '12:00', 'cart', 120, 60), ('many', 1, '12:00', 'buy', 60, 5),
    ('nobody', 1, '12:00', 'cart', 60, 60), ('nobody', 1, '12:00', 'buy', 60, null),
    -- Weeks begin 7, 14 and 21 days ago, February ended ten days ago.
    ('weekly', 0, '01:00', 'cart', 60, 60),
    ('weekly', 1, '12:00', 'cart', 30, 30), ('weekly', 3, '12:00', 'buy', 5, 5), ('weekly', 7, '12:00', 'cart', 30, 30),
    ('weekly', 8, '12:00', 'cart', 50, 50), ('weekly', 8, '12:00', 'buy', 6, 6), ('weekly', 14, '12:00', 'cart', 10, 10),
    ('weekly', 15, '12:00', 'cart', 30, 30), ('weekly', 16, '12:00', 'cart', 30, 30)

),

digits (digit) as (

    values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)

),

numbers as (

    select 100 * hundreds.digit + 10 * tens.digit + ones.digit as number
    from (values (0), (1)) as hundreds (digit)
    cross join digits as tens
    cross join digits as ones

)

select
    days.shop,
    mod(numbers.number, days.sessions) as session_id,
    days.step,
    {{ dbt.dateadd('day', '-days.days_ago', "cast('2025-03-10 ' || days.time_of_day as timestamp)") }} as happened_at
from days
cross join numbers
where numbers.number < days.events
