{#- What one would write by hand, in one scan and without evidence: a select of failing rows for each test. -#}

{% test plain_not_null_for_entire_day(model) %}
select cast(happened_at as date) as day
from {{ model }}
where happened_at < timestamp '2025-03-10'
group by 1
having count(referrer) = 0
{% endtest %}

{% test plain_expected_values_present(model) %}
with days as (
    select cast(unnest(generate_series(date '2025-01-09', date '2025-03-09', interval 1 day)) as date) as day
),
seen as (
    select cast(happened_at as date) as day, step, count(*) as n
    from {{ model }}
    where step in ('view', 'cart', 'checkout', 'buy')
    group by 1, 2
)
select days.day, steps.step
from days cross join (values ('view'), ('cart'), ('checkout'), ('buy')) as steps (step)
left join seen on seen.day = days.day and seen.step = steps.step
where seen.n is null
{% endtest %}

{% test plain_revenue_matches_item_sum(model, lines) %}
with sums as (
    select order_id, sum(item_revenue) as item_revenue
    from {{ lines }}
    group by 1
)
select *
from {{ model }} as orders full outer join sums using (order_id)
where sums.item_revenue is null or orders.revenue is null or abs(orders.revenue - sums.item_revenue) > 0.005
{% endtest %}

{% test plain_matches_aggregate(model, lines) %}
with tested as (select cast(ordered_at as date) as day, sum(revenue) as total from {{ model }} group by 1),
expected as (select cast(ordered_at as date) as day, sum(item_revenue) as total from {{ lines }} group by 1)
select *
from tested full outer join expected using (day)
where tested.total is null or expected.total is null or abs(tested.total - expected.total) > 0.005
{% endtest %}

{% test plain_unique_within(model) %}
select order_id
from {{ model }}
where ordered_at >= timestamp '2025-02-08'
group by 1
having count(*) > 1
{% endtest %}

{% test plain_no_double_fire(model) %}
select *
from (
    select client_id, step, happened_at,
        lag(happened_at) over (partition by client_id, step order by happened_at) as previous
    from {{ model }}
    where happened_at >= timestamp '2025-02-08'
) as events
where happened_at <= previous + interval 5 second
{% endtest %}

{% test plain_funnel_order(model) %}
select session_id
from (
    select session_id,
        min(case when step = 'view' then happened_at end) as viewed,
        min(case when step = 'cart' then happened_at end) as carted,
        min(case when step = 'checkout' then happened_at end) as started,
        min(case when step = 'buy' then happened_at end) as bought
    from {{ model }}
    group by 1
) as sessions
where carted < viewed or started < carted or bought < started
    or viewed is null or (carted is null and started is not null) or (started is null and bought is not null)
{% endtest %}

{% test plain_required_predecessor(model) %}
with started as (
    select session_id, min(happened_at) as started_at from {{ model }} where step = 'checkout' group by 1
)
select events.*
from (select * from {{ model }} where step = 'buy') as events
left join started on events.session_id = started.session_id
where started.started_at is null or started.started_at > events.happened_at
{% endtest %}

{% test plain_funnel_ratio(model) %}
select cast(happened_at as date) as day
from {{ model }}
where happened_at < timestamp '2025-03-10'
group by 1
having count(case when step = 'buy' then 1 end) * 1.0 / nullif(count(case when step = 'view' then 1 end), 0) not between 0.9 and 1.1
{% endtest %}

{% test plain_attribution_complete(model) %}
select * from {{ model }} where channel is null or trim(channel) = ''
{% endtest %}

{% test plain_session_invariants(model) %}
select session_id
from (
    select session_id, client_id, event_number,
        happened_at - lag(happened_at) over (partition by session_id order by happened_at) as gap
    from {{ model }}
    where happened_at >= timestamp '2025-02-08'
) as events
group by 1
having count(distinct client_id) <> 1 or max(gap) > interval 30 minute or max(event_number) - min(event_number) + 1 <> count(distinct event_number)
{% endtest %}

{% test plain_volume_within(model) %}
with days as (
    select cast(happened_at as date) as day, count(*) as n
    from {{ model }}
    where happened_at >= timestamp '2025-01-05' and happened_at < timestamp '2025-03-10'
    group by 1
)
select tested.day
from days as tested
join days as history on history.day < tested.day and dayofweek(history.day) = dayofweek(tested.day)
where tested.day >= date '2025-03-03'
group by tested.day, tested.n
having abs(tested.n - median(history.n)) > 4 * greatest(1.4826 * mad(history.n), 0.1 * median(history.n))
{% endtest %}

{% test plain_arrives_by(model) %}
with days as (
    select cast(unnest(generate_series(date '2025-03-03', date '2025-03-08', interval 1 day)) as date) as day
)
select days.day
from days left join (
    select cast(happened_at as date) as day, count(*) as n
    from {{ model }}
    where happened_at >= timestamp '2025-03-03'
    group by 1
) as seen on seen.day = days.day
where n is null
{% endtest %}

{% test plain_columns_match(model) %}
select 'amount' as column_name
from {{ model }}
where 1 = 0
{% endtest %}
