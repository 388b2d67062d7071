-- Every event with its session and the channel it came through. A session ends after 30 minutes without an event.

with events as (

    select
        client_id,
        event_timestamp,
        event_name,
        transaction_id,
        {{ channel_of('page_url', 'referrer') }} as channel
    from {{ ref('stg_web_events') }}

),

with_previous_event as (

    select
        *,
        lag(event_timestamp) over (partition by client_id order by event_timestamp) as previous_event_timestamp
    from events

),

with_session_number as (

    select
        *,
        count(
            case
                when previous_event_timestamp is null then 1
                when event_timestamp > previous_event_timestamp + interval 30 minute then 1
            end
        ) over (partition by client_id order by event_timestamp rows unbounded preceding) as session_number
    from with_previous_event

)

select
    client_id,
    -- Events without a client cannot be put into sessions.
    case when client_id is not null then client_id || '-' || session_number end as session_id,
    event_timestamp,
    event_name,
    transaction_id,
    channel
from with_session_number
