"""Makes the tables of the benchmark: `tables.py DATABASE ROWS`. Sixty days up to 9 March 2025, once clean, once with faults."""

import sys

import duckdb

database, rows = sys.argv[1], int(sys.argv[2])
connection = duckdb.connect(database)
# Sessions have ten events, ten seconds apart; a session begins every `step` microseconds, so that the days are full.
step = 60 * 86_400_000_000 // (rows // 10)
connection.execute("create schema bench")
for name, faulty in [("clean", False), ("faulty", True)]:
    odd = "i % 10007 = 0" if faulty else "false"
    connection.execute(f"""
        create table bench.{name}_events as
        select
            i as event_id,
            case when {odd} then null else (i // 10) % {rows // 40} end as client_id,
            i // 10 as session_id,
            i % 10 + 1 as event_number,
            case i % 10 when 0 then 'view' when 3 then 'cart' when 6 then 'checkout' when 9 then 'buy' else 'scroll' end as step,
            case when i % 10 = 9 then (i % 90) + 10.5 end as amount,
            case when {faulty} and happened_at >= timestamp '2025-03-07' and happened_at < timestamp '2025-03-08' then null else ['search', 'email', 'social', 'direct'][1 + i % 4] end as referrer,
            -- Some are hours early, but none on 4 and 7 March; some right after the event before.
            happened_at - case
                when {odd} and cast(happened_at as date) not in (date '2025-03-05', date '2025-03-08') then interval 3 hour
                when {faulty} and i % 1000 = 2 then interval 9 second
                else interval 0 hour
            end as happened_at,
            happened_at + interval 10 minute as loaded_at
        from (
            select i, timestamp '2025-01-09' + to_microseconds((i // 10) * {step}) + to_seconds((i % 10) * 10) as happened_at
            from range({rows}) numbers (i)
        )
        where not {faulty}
            or not (
                happened_at >= timestamp '2025-03-06' and happened_at < timestamp '2025-03-07' and i % 10 > 0
                or happened_at >= timestamp '2025-03-04' and happened_at < timestamp '2025-03-05'
            )
    """)
    connection.execute(f"""
        create table bench.{name}_orders as
        select
            case when {odd} and i > 0 then i - 1 else i end as order_id,
            i % {rows // 40} as client_id,
            cast((i % 90) + 10.5 as decimal(12, 2)) as revenue,
            case when {odd} then null else ['search', 'email', 'social', 'direct'][1 + i % 4] end as channel,
            timestamp '2025-01-09' + to_microseconds(i * {step // 5}) as ordered_at
        from range({rows // 2}) numbers (i)
    """)
    connection.execute(f"""
        create table bench.{name}_lines as
        select
            i // 2 as order_id,
            cast(case when {odd} then 1 when i % 2 = 0 then ((i // 2) % 90) + 0.5 else 10 end as decimal(12, 2)) as item_revenue,
            timestamp '2025-01-09' + to_microseconds((i // 2) * {step // 5}) as ordered_at
        from range({rows}) numbers (i)
    """)
