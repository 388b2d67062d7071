-- One row per completed checkout, with the channels of the client's first and last visit in the seven days before it.

with checkouts as (

    select
        row_number() over (order by event_timestamp, client_id, transaction_id) as checkout_number,
        transaction_id,
        client_id,
        event_timestamp,
        revenue
    from {{ ref('stg_web_events') }}
    where event_name = 'checkout_completed'

),

landings as (

    select
        client_id,
        min(event_timestamp) as landed_at,
        arg_min(channel, event_timestamp) as channel
    from {{ ref('int_web_events') }}
    where event_name = 'page_viewed'
    group by client_id, session_id

),

touches as (

    select
        checkouts.checkout_number,
        arg_min(landings.channel, landings.landed_at) as first_touch_channel,
        arg_max(landings.channel, landings.landed_at) as last_touch_channel
    from checkouts
    inner join landings
        on checkouts.client_id = landings.client_id
        and landings.landed_at < checkouts.event_timestamp
        and landings.landed_at >= checkouts.event_timestamp - interval 7 day
    group by checkouts.checkout_number

)

select
    checkouts.transaction_id,
    checkouts.client_id,
    checkouts.event_timestamp,
    checkouts.revenue,
    touches.first_touch_channel,
    touches.last_touch_channel
from checkouts
left join touches
    on checkouts.checkout_number = touches.checkout_number
