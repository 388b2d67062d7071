select
    'T1' as {{ adapter.quote('transact_id') }},
    1 as {{ adapter.quote('ordered_at') }},
    1 as {{ adapter.quote('amounts') }},
    'B1' as {{ adapter.quote('buyer') }},
    1 as {{ adapter.quote('discount_eur') }},
    cast('2025-03-09' as date) as {{ adapter.quote('updated_at') }}
