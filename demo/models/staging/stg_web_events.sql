-- One row per event of the web shop, with the names and types that the rest relies on.

with files as (

    select * from {{ source('web', 'events') }}

),

-- The tracker has renamed and dropped columns before: what no file has is null here, for the tests to find.
events as (

    select * from files
    union all by name
    {{ no_rows_with(['client_id', 'clientId', 'page_url', 'referrer', 'timestamp', 'event_name', 'event_data']) }}

)

select
    coalesce(client_id, "clientId") as client_id,
    page_url,
    referrer,
    try_cast("timestamp" as timestamp) as event_timestamp,
    event_name,
    event_data ->> '$.transaction_id' as transaction_id,
    try_cast(event_data ->> '$.revenue' as decimal(12, 2)) as revenue,
    event_data -> '$.items' as items
from events
