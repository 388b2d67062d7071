{#-
  Fails for every order whose revenue is not the sum of its item lines.

  The test stands on the revenue column of the orders; `items` is the model with the lines. `key_columns` say which lines
  belong to an order. When two orders share a key, each is compared with all lines of the key, and
  `dq_report_orders_with_this_key` tells so.

  Failing unit: an order, or a key that has lines but no order.
  `items_condition` says which lines are read. A `where` in the config is for the orders alone; with it, the lines of an
  order that was left out look like lines without an order, so those fail only if `items_condition` is given too.
  With `look_back`, orders and lines of one more day are read: a line may be up to a day before or after its order.
  Judged are the orders within the look-back, and keys without an order if their last line is within it. An order without a
  timestamp then fails, because its lines may be too old to be read, and so do lines without one whose order is not read.
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
with dq_report_orders as (

    select
        {{ keys | join(', ') }},
        {{ column_name }} as dq_report_revenue,
        {%- if timestamp_column %}
        {{ dq_report._day(timestamp_column, timezone) }} as dq_report_order_day,
        {%- endif %}
        1 as dq_report_is_order,
        count(*) over (partition by {{ keys | join(', ') }}) as dq_report_orders_with_this_key
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, days_read, timezone) }}

),

dq_report_item_sums as (

    select
        {{ keys | join(', ') }},
        sum(coalesce({{ item_revenue }}, 0)) as dq_report_item_revenue,
        {%- if items_timestamp_column %}
        max({{ dq_report._day(items_timestamp_column, timezone) }}) as dq_report_last_line_day,
        {%- endif %}
        count(*) as dq_report_lines,
        count(*) - count({{ item_revenue }}) as dq_report_lines_without_revenue
    from {{ items }}
    where {{ dq_report._is_recent(items_timestamp_column, days_read, timezone) }}
    {%- if items_condition %}
        and ({{ items_condition }})
    {%- endif %}
    group by {{ keys | join(', ') }}

),

dq_report_compared as (

    select
        {%- for key in keys %}
        coalesce(dq_report_orders.{{ key }}, dq_report_item_sums.{{ key }}) as {{ key }},
        {%- endfor %}
        dq_report_orders.dq_report_revenue,
        {%- if timestamp_column and items_timestamp_column %}
        case
            when dq_report_orders.dq_report_is_order = 1 then dq_report_orders.dq_report_order_day
            else dq_report_item_sums.dq_report_last_line_day
        end as dq_report_order_day,
        {%- elif timestamp_column %}
        dq_report_orders.dq_report_order_day,
        {%- endif %}
        dq_report_item_sums.dq_report_item_revenue,
        dq_report_item_sums.dq_report_lines,
        dq_report_item_sums.dq_report_lines_without_revenue,
        dq_report_orders.dq_report_orders_with_this_key,
        case
            {%- if look_back is not none %}
            {#- What belongs to it may be too old to be read. #}
            when dq_report_orders.dq_report_is_order = 1 and dq_report_orders.dq_report_order_day is null then 'no timestamp'
            when dq_report_orders.dq_report_is_order is null and dq_report_item_sums.dq_report_last_line_day is null then 'no timestamp'
            {%- endif %}
            when dq_report_orders.dq_report_is_order is null then 'lines without an order'
            when dq_report_item_sums.dq_report_lines is null then 'order without lines'
            when dq_report_orders.dq_report_revenue is null then 'order without revenue'
            {%- if lines_without_revenue == 'fail' %}
            when dq_report_item_sums.dq_report_lines_without_revenue > 0 then 'line without revenue'
            {%- endif %}
            when {{ dq_report._differs('dq_report_orders.dq_report_revenue', 'dq_report_item_sums.dq_report_item_revenue', tolerance, relative_tolerance) }} then 'revenue and lines differ'
        end as dq_report_problem
    from dq_report_orders
    {{ 'full' if lines_need_an_order else 'left' }} outer join dq_report_item_sums
        on {% for key in keys %}dq_report_orders.{{ key }} = dq_report_item_sums.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}

)
{%- if look_back is not none %},

dq_report_judged as (

    select *
    from dq_report_compared
    where dq_report_order_day is null or dq_report_order_day >= {{ dq_report._days_before(dq_report._today(timezone), look_back) }}

)
{%- endif %}
{%- endset -%}
{%- set no_key = keys | join(' is null or ') ~ ' is null' -%}
{{ dq_report._select_failing(
    compared, units='dq_report_compared' if look_back is none else 'dq_report_judged',
    failed_if='dq_report_problem is not null', unit='order', keys=keys,
    measure='dq_report_revenue', measure_name=column_name ~ ' not in lines',
    failed_measure='case when dq_report_revenue > coalesce(dq_report_item_revenue, 0) then dq_report_revenue - coalesce(dq_report_item_revenue, 0) else 0 end',
    period='dq_report_order_day' if timestamp_column,
    reasons={
        'with a duplicated key': 'dq_report_orders_with_this_key > 1 and not (' ~ no_key ~ ')',
        'without a key': no_key,
        'without an order': "dq_report_problem = 'lines without an order'",
        'without a timestamp': "dq_report_problem = 'no timestamp'",
        'without lines': "dq_report_problem = 'order without lines'",
        'without revenue': "dq_report_problem = 'order without revenue'",
        'with a line without revenue': 'dq_report_lines_without_revenue > 0',
        'with lines above the revenue': 'dq_report_item_revenue > dq_report_revenue',
        'with lines below the revenue': "dq_report_item_revenue < dq_report_revenue and dq_report_problem <> 'no timestamp'",
    }
) }}

{% endmacro %}
