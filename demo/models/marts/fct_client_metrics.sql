-- One row per client and day: how much the client visited and bought, and which channels its purchases are credited to.
-- Events without a client share one row per day, so that no revenue is lost on the way.

with visits as (

    select
        client_id,
        cast(event_timestamp as date) as day,
        count(distinct session_id) as sessions,
        count(case when event_name = 'page_viewed' then 1 end) as page_views,
        count(case when event_name = 'product_added_to_cart' then 1 end) as products_added_to_cart
    from {{ ref('int_web_events') }}
    group by client_id, cast(event_timestamp as date)

),

purchases as (

    select
        client_id,
        cast(event_timestamp as date) as day,
        count(*) as orders,
        sum(revenue) as revenue,
        arg_min(first_touch_channel, event_timestamp) as first_touch_channel,
        arg_max(last_touch_channel, event_timestamp) as last_touch_channel
    from {{ ref('int_web_checkout_completed_attribution') }}
    group by client_id, cast(event_timestamp as date)

)

select
    visits.client_id,
    visits.day,
    visits.sessions,
    visits.page_views,
    visits.products_added_to_cart,
    coalesce(purchases.orders, 0) as orders,
    coalesce(purchases.revenue, 0) as revenue,
    purchases.first_touch_channel,
    purchases.last_touch_channel
from visits
left join purchases
    on visits.client_id is not distinct from purchases.client_id
    and visits.day is not distinct from purchases.day
