select 'C1' as {{ adapter.quote('clientId') }}, 1 as {{ adapter.quote('page views') }}
