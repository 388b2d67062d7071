select
    'C1' as {{ adapter.quote('clientId') }},
    cast('2025-03-09' as date) as visited_on,
    1 as page_views,
    cast(1.5 as numeric(12, 2)) as revenue,
    'first' as {{ adapter.quote('note') }}
