{{ config(materialized='table') }}

-- So many visits on each of some days, counted back from 10 March 2025, a Monday: Sunday is one day ago, and the Sundays
-- before it are 8, 15, 22, 29, 36, 43, 50 and 57 days ago. Saturday is two days ago, and Friday three.
with days (channel, days_ago, time_of_day, visits) as (

    values
    -- One visit more or less, and it would be too many or too few.
    ('lower limit', 1, '12:00', 60),
    ('upper limit', 1, '12:00', 140),
    ('below', 1, '12:00', 59),
    ('above', 1, '12:00', 141),
    (null, 1, '12:00', 59),
    -- Saturday has no history, but is no Sunday either. Today is not over.
    ('below', 2, '12:00', 500),
    ('below', 0, '01:00', 500),
    -- In Berlin the second half of its visits came on Monday.
    ('late', 1, '12:00', 59),
    ('late', 1, '23:30', 41),
    -- First seen three and four weeks ago.
    ('three weeks', 1, '12:00', 10), ('three weeks', 8, '12:00', 100), ('three weeks', 15, '12:00', 100),
    ('three weeks', 22, '12:00', 100),
    ('four weeks', 1, '12:00', 10), ('four weeks', 8, '12:00', 90), ('four weeks', 15, '12:00', 100),
    ('four weeks', 22, '12:00', 110), ('four weeks', 29, '12:00', 120),
    -- A row nine weeks ago is not read.
    ('back again', 1, '12:00', 10), ('back again', 8, '12:00', 100), ('back again', 64, '12:00', 1),
    -- The Sundays between count as 0.
    ('now and then', 1, '12:00', 200), ('now and then', 8, '12:00', 100), ('now and then', 15, '12:00', 100),
    ('now and then', 57, '12:00', 100),
    -- From 20 to 180: nothing but no visits at all can be too few.
    ('wild and gone', 8, '12:00', 50), ('wild and gone', 15, '12:00', 150), ('wild and gone', 22, '12:00', 50),
    ('wild and gone', 29, '12:00', 150), ('wild and gone', 36, '12:00', 20), ('wild and gone', 43, '12:00', 180),
    ('wild and gone', 50, '12:00', 100), ('wild and gone', 57, '12:00', 100),
    -- It never had more than chance brings on a Sunday.
    ('six days a week', 1, '12:00', 4), ('six days a week', 2, '12:00', 30), ('six days a week', 9, '12:00', 30),
    ('six days a week', 16, '12:00', 30), ('six days a week', 23, '12:00', 30), ('six days a week', 30, '12:00', 30)

    union all

    -- A hundred on each Sunday, and none on this one.
    select
        channels.channel,
        weeks.days_ago,
        '12:00' as time_of_day,
        case when channels.channel = 'rare' then 2 else 100 end as visits
    from (values ('lower limit'), ('upper limit'), ('below'), ('above'), (null), ('late'), ('gone'), ('rare')) as channels (channel)
    cross join (values (8), (15), (22), (29), (36), (43), (50), (57)) as weeks (days_ago)

),

digits (digit) as (

    values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)

)

select
    days.channel,
    {{ dbt.dateadd('day', '-days.days_ago', "cast('2025-03-10 ' || days.time_of_day as timestamp)") }} as visited_at
from days
cross join digits as hundreds
cross join digits as tens
cross join digits as ones
where 100 * hundreds.digit + 10 * tens.digit + ones.digit < days.visits
