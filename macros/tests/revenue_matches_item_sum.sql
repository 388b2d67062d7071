{#-
  Fails for every order whose revenue is not the sum of its item lines.

  The test stands on the revenue column of the orders; `items` is the model with the lines. `key_columns` say which lines
  belong to an order. When two orders share a key, each is compared with all lines of the key, and
  `orders_with_this_key` tells so.

  Failing unit: an order, or a key that has lines but no order.
  `items_condition` says which lines are read. A `where` in the config is for the orders alone; with it, the lines of an
  order that was left out look like lines without an order, so those fail only if `items_condition` is given too.
  NULL: a revenue of NULL fails, and so does a key of NULL, because it belongs to nothing. A line without revenue counts
  as 0 and lets its order fall short; with `lines_without_revenue: fail` one such line fails the order outright.
  `tolerance` is an amount of money: half a cent by default, so that floating point cannot fail the test.
  The evidence says how much of the revenue no line accounts for and, with `timestamp_column`, a column of the orders, on
  which days.
-#}
{% test revenue_matches_item_sum(
    model, column_name, items, key_columns='transaction_id', item_revenue='item_revenue', items_condition=none,
    lines_without_revenue='zero', tolerance=0.005, timestamp_column=none
) %}
    {{ return(adapter.dispatch('test_revenue_matches_item_sum', 'dq_report')(
        model, column_name, items, key_columns, item_revenue, items_condition, lines_without_revenue, tolerance,
        timestamp_column
    )) }}
{% endtest %}

{% macro default__test_revenue_matches_item_sum(
    model, column_name, items, key_columns, item_revenue, items_condition, lines_without_revenue, tolerance,
    timestamp_column
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
{%- do dq_report._require_optional_text(timestamp_column, 'revenue_matches_item_sum', 'timestamp_column') -%}
{%- set lines_need_an_order = items_condition or not config.get('where') -%}

{%- set compared -%}
with orders as (

    select
        {{ keys | join(', ') }},
        {{ column_name }} as revenue,
        {%- if timestamp_column %}
        {{ dq_report._day(timestamp_column) }} as order_day,
        {%- endif %}
        1 as is_order,
        count(*) over (partition by {{ keys | join(', ') }}) as orders_with_this_key
    from {{ model }}

),

item_sums as (

    select
        {{ keys | join(', ') }},
        sum(coalesce({{ item_revenue }}, 0)) as item_revenue,
        count(*) as lines,
        count(*) - count({{ item_revenue }}) as lines_without_revenue
    from {{ items }}
    {%- if items_condition %}
    where {{ items_condition }}
    {%- endif %}
    group by {{ keys | join(', ') }}

),

compared as (

    select
        {%- for key in keys %}
        coalesce(orders.{{ key }}, item_sums.{{ key }}) as {{ key }},
        {%- endfor %}
        orders.revenue,
        {%- if timestamp_column %}
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
            when abs(orders.revenue - item_sums.item_revenue) > {{ tolerance }} then 'revenue and lines differ'
        end as problem
    from orders
    {{ 'full' if lines_need_an_order else 'left' }} outer join item_sums
        on {% for key in keys %}orders.{{ key }} = item_sums.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}

)
{%- endset -%}
{{ dq_report._select_failing(
    compared, units='compared', failed_if='problem is not null', unit='order', keys=keys,
    measure='revenue', measure_name=column_name ~ ' not in lines',
    failed_measure='case when revenue > coalesce(item_revenue, 0) then revenue - coalesce(item_revenue, 0) else 0 end',
    period='order_day' if timestamp_column
) }}

{% endmacro %}
