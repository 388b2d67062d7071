select
    'C1' as {{ adapter.quote('clientId') }},
    cast('2025-03-09' as date) as visited_on,
    1 as page_views,
    'first' as {{ adapter.quote('note') }}
