-- One row per item line of a completed checkout. What the shop did not send about an item stays null.

with checkouts as (

    select
        transaction_id,
        client_id,
        event_timestamp,
        cast(items as json[]) as items
    from {{ ref('stg_web_events') }}
    where event_name = 'checkout_completed'

),

lines as (

    select
        transaction_id,
        client_id,
        event_timestamp,
        unnest(items) as item
    from checkouts

),

priced as (

    select
        transaction_id,
        client_id,
        event_timestamp,
        item ->> '$.item_id' as item_id,
        item ->> '$.item_name' as item_name,
        try_cast(item ->> '$.item_price' as decimal(12, 2)) as item_price,
        try_cast(item ->> '$.quantity' as integer) as quantity
    from lines

)

select
    *,
    item_price * quantity as item_revenue
from priced
