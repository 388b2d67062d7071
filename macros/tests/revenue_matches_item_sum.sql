{#-
  Fails for every order whose revenue is not the sum of its item lines.

  The test stands on the revenue column of the orders; `items` is the model with the lines. `key_columns` say which lines
  belong to an order. When two orders share a key, each is compared with all lines of the key, and
  `orders_with_this_key` tells so.

  Failing unit: an order, or a key that has lines but no order.
  `items_condition` says which lines are read. A `where` in the config is for the orders alone; with it, the lines of an
  order that was left out look like lines without an order, so those fail only if `items_condition` is given too.
  With `look_back`, orders and lines of one more day are read: a line may be up to a day before or after its order.
  Judged are the orders within the look-back, and keys without an order if their last line is within it.
  NULL: a revenue of NULL fails, and so does a key of NULL, because it belongs to nothing. A line without revenue counts
  as 0 and lets its order fall short; with `lines_without_revenue: fail` one such line fails the order outright. Orders and
  lines without a timestamp are always read.
  `tolerance` is an amount of money: half a cent by default, so that floating point cannot fail the test.
  The evidence says how much of the revenue no line accounts for and, with `timestamp_column`, a column of the orders, on
  which days.
-#}
{% test revenue_matches_item_sum(
    model, column_name, items, key_columns='transaction_id', item_revenue='item_revenue', items_condition=none,
    lines_without_revenue='zero', tolerance=0.005, relative_tolerance=0, timestamp_column=none, items_timestamp_column=none,
    look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_revenue_matches_item_sum', 'dq_report')(
        model, column_name, items, key_columns, item_revenue, items_condition, lines_without_revenue, tolerance,
        relative_tolerance, timestamp_column, items_timestamp_column, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_revenue_matches_item_sum(
    model, column_name, items, key_columns, item_revenue, items_condition, lines_without_revenue, tolerance,
    relative_tolerance, timestamp_column, items_timestamp_column, look_back, timezone
) %}
{%- set keys = dq_report._column_list(key_columns, 'revenue_matches_item_sum', 'key_columns') -%}
{%- do dq_report._require_model(items, 'revenue_matches_item_sum', 'items') -%}
{%- do dq_report._require_text(column_name, 'revenue_matches_item_sum', 'column_name') -%}
{%- do dq_report._require_text(item_revenue, 'revenue_matches_item_sum', 'item_revenue') -%}
{%- do dq_report._require(
    lines_without_revenue in ['zero', 'fail'],
    'revenue_matches_item_sum',
    '`lines_without_revenue` must be zero or fail, but it is ' ~ dq_report._shown(lines_without_revenue) ~ '.'
) -%}
{%- do dq_report._require_amount(tolerance, 'revenue_matches_item_sum', 'tolerance') -%}
{%- do dq_report._require_share(relative_tolerance, 'revenue_matches_item_sum', 'relative_tolerance') -%}
{%- do dq_report._require_optional_text(timestamp_column, 'revenue_matches_item_sum', 'timestamp_column') -%}
{%- do dq_report._require_optional_text(items_timestamp_column, 'revenue_matches_item_sum', 'items_timestamp_column') -%}
{%- do dq_report._require_whole_number(look_back, 'revenue_matches_item_sum', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require(
    look_back is none or (timestamp_column is not none and items_timestamp_column is not none),
    'revenue_matches_item_sum',
    '`look_back` needs a `timestamp_column` of the orders and an `items_timestamp_column` of the lines.'
) -%}
{%- do dq_report._require_timezone(timezone, 'revenue_matches_item_sum') -%}
{%- set lines_need_an_order = items_condition or not config.get('where') -%}
{%- set days_read = none if look_back is none else look_back + 1 -%}

{%- set compared -%}
with orders as (

    select
        {{ keys | join(', ') }},
        {{ column_name }} as revenue,
        {%- if timestamp_column %}
        {{ dq_report._day(timestamp_column, timezone) }} as order_day,
        {%- endif %}
        1 as is_order,
        count(*) over (partition by {{ keys | join(', ') }}) as orders_with_this_key
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, days_read, timezone) }}

),

item_sums as (

    select
        {{ keys | join(', ') }},
        sum(coalesce({{ item_revenue }}, 0)) as item_revenue,
        {%- if items_timestamp_column %}
        max({{ dq_report._day(items_timestamp_column, timezone) }}) as last_line_day,
        {%- endif %}
        count(*) as lines,
        count(*) - count({{ item_revenue }}) as lines_without_revenue
    from {{ items }}
    where {{ dq_report._is_recent(items_timestamp_column, days_read, timezone) }}
    {%- if items_condition %}
        and ({{ items_condition }})
    {%- endif %}
    group by {{ keys | join(', ') }}

),

compared as (

    select
        {%- for key in keys %}
        coalesce(orders.{{ key }}, item_sums.{{ key }}) as {{ key }},
        {%- endfor %}
        orders.revenue,
        {%- if timestamp_column and items_timestamp_column %}
        case when orders.is_order = 1 then orders.order_day else item_sums.last_line_day end as order_day,
        {%- elif timestamp_column %}
        orders.order_day,
        {%- endif %}
        item_sums.item_revenue,
        item_sums.lines,
        item_sums.lines_without_revenue,
        orders.orders_with_this_key,
        case
            when orders.is_order is null then 'lines without an order'
            when item_sums.lines is null then 'order without lines'
            when orders.revenue is null then 'order without revenue'
            {%- if lines_without_revenue == 'fail' %}
            when item_sums.lines_without_revenue > 0 then 'line without revenue'
            {%- endif %}
            when {{ dq_report._differs('orders.revenue', 'item_sums.item_revenue', tolerance, relative_tolerance) }} then 'revenue and lines differ'
        end as problem
    from orders
    {{ 'full' if lines_need_an_order else 'left' }} outer join item_sums
        on {% for key in keys %}orders.{{ key }} = item_sums.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}

)
{%- if look_back is not none %},

judged as (

    select *
    from compared
    where order_day is null or order_day >= {{ dq_report._days_before(dq_report._today(timezone), look_back) }}

)
{%- endif %}
{%- endset -%}
{%- set no_key = keys | join(' is null or ') ~ ' is null' -%}
{{ dq_report._select_failing(
    compared, units='compared' if look_back is none else 'judged', failed_if='problem is not null', unit='order', keys=keys,
    measure='revenue', measure_name=column_name ~ ' not in lines',
    failed_measure='case when revenue > coalesce(item_revenue, 0) then revenue - coalesce(item_revenue, 0) else 0 end',
    period='order_day' if timestamp_column,
    reasons={
        'with a duplicated key': 'orders_with_this_key > 1 and not (' ~ no_key ~ ')',
        'without a key': no_key,
        'without an order': "problem = 'lines without an order'",
        'without lines': "problem = 'order without lines'",
        'without revenue': "problem = 'order without revenue'",
        'with a line without revenue': 'lines_without_revenue > 0',
        'with lines above the revenue': 'item_revenue > revenue',
    }
) }}

{% endmacro %}
