-- One row per client: when it was first and last seen, and the channel that brought it.

select
    client_id,
    min(event_timestamp) as first_seen_at,
    max(event_timestamp) as last_seen_at,
    arg_min(channel, event_timestamp) as first_channel,
    count(distinct session_id) as sessions
from {{ ref('int_web_events') }}
where client_id is not null
group by client_id
