-- One row per step that a client took: the landing of each session, then every step towards a purchase.

with events as (

    select
        client_id,
        session_id,
        event_timestamp,
        event_name,
        transaction_id,
        channel,
        row_number() over (partition by session_id, event_name order by event_timestamp) as occurrence
    from {{ ref('int_web_events') }}
    where client_id is not null

)

select
    client_id,
    session_id,
    event_timestamp,
    event_name as step,
    transaction_id,
    channel
from events
where event_name in ('product_added_to_cart', 'checkout_started', 'checkout_completed')
    or (event_name = 'page_viewed' and occurrence = 1)
