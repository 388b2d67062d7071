-- Days are counted back from 10 March 2025, a Monday: 1, 8, 15, 22, 29, 36, 43, 50 and 57 days ago were Sundays.
with days (shop, days_ago, sold, revenue) as (

    values
    ('refunds', 1, 1, -1400),
    ('more refunds', 1, 1, -1400.01),
    ('unknown', 1, 1, null),
    ('new and unknown', 1, 1, null),
    ('half of it unknown', 1, 1, 100),
    ('most of it unknown', 1, 1, 100),
    ('no time', null, 1, 70), ('no time', null, 1, 30),
    ('odd', 1, 1, 1487), ('odd', 8, 1, 1000), ('odd', 15, 1, 100), ('odd', 22, 1, 300), ('odd', 29, 1, 1100),
    ('odd', 36, 1, 200),
    -- Five sales on each Sunday, and then none.
    ('wild', 8, 5, 100), ('wild', 15, 5, 300), ('wild', 22, 5, 100), ('wild', 29, 5, 300), ('wild', 36, 5, 40),
    ('wild', 43, 5, 360), ('wild', 50, 5, 200), ('wild', 57, 5, 200),
    -- The same, but only four on one of them.
    ('wild and small', 8, 5, 100), ('wild and small', 15, 5, 300), ('wild and small', 22, 4, 125),
    ('wild and small', 29, 5, 300), ('wild and small', 36, 5, 40), ('wild and small', 43, 5, 360),
    ('wild and small', 50, 5, 200), ('wild and small', 57, 5, 200)

    union all

    -- The same on each Sunday, none on the last one.
    select
        shops.shop,
        weeks.days_ago,
        1 as sold,
        case when weeks.days_ago > shops.known_days_ago then shops.revenue end as revenue
    from (
        values
        ('refunds', -1000, 0), ('more refunds', -1000, 0), ('unknown', 1000, 0), ('closed', 1000, 0),
        ('half of it unknown', 1000, 29), ('most of it unknown', 1000, 36)
    ) as shops (shop, revenue, known_days_ago)
    cross join (values (8), (15), (22), (29), (36), (43), (50), (57)) as weeks (days_ago)

)

select
    days.shop,
    {{ dbt.dateadd('day', '-days.days_ago', "cast('2025-03-10 12:00:00' as timestamp)") }} as sold_at,
    days.revenue
from days
cross join (values (1), (2), (3), (4), (5)) as numbers (number)
where numbers.number <= days.sold
