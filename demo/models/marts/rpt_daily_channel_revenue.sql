-- One row per day and channel: what the dashboard on return on ad spend sets against the spend.

select
    day,
    last_touch_channel as channel,
    count(distinct client_id) as buyers,
    sum(orders) as orders,
    sum(revenue) as revenue
from {{ ref('fct_client_metrics') }}
where orders > 0
group by day, last_touch_channel
