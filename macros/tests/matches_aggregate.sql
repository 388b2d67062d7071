{#-
  Fails for every group whose aggregate is not the same in the tested model and in another one: the revenue of each day in
  a mart and in its source, for instance.

  `group_by` is a list of columns, or names with their expressions: `{day: cast(event_timestamp as date)}`. Without it one
  total is compared. `compare_expression`, `compare_group_by`, `compare_condition` and `compare_timestamp_column` say how
  the other model is read; a `where` in the config is for the tested model alone.

  Failing unit: a group. A group that only one side has fails. With `check_total` the sum of all groups is one more unit,
  because differences that are tolerated one by one may add up; its groups are NULL.
  NULL: an aggregate of NULL fails, also when both are NULL: two unknown amounts are not equal. NULL is a group like others.
  With `look_back` both models are read since then, and rows without a timestamp always. If there is a group named day, one
  more day is read, and groups are left out by their day: none is compared in part, in whichever time zone days begin.
  `allowed_lag_days` leaves out the newest days, counted from today: 1 is today alone.
  Of a sum, such as sum(revenue), the evidence says how much of it stands in failing groups. A group named day, week,
  month, quarter or year is its period.
  `tolerance` is absolute, and half a cent by default, so that floating point cannot fail the test.
  Not seen: a group that neither side has.
-#}
{% test matches_aggregate(
    model, expression, compare_model, group_by=none, compare_expression=none, compare_group_by=none, compare_condition=none,
    tolerance=0.005, relative_tolerance=0, timestamp_column=none, compare_timestamp_column=none, look_back=none, timezone=none,
    allowed_lag_days=0, check_total=false
) %}
    {{ return(adapter.dispatch('test_matches_aggregate', 'dq_report')(
        model, expression, compare_model, group_by, compare_expression, compare_group_by, compare_condition,
        tolerance, relative_tolerance, timestamp_column, compare_timestamp_column, look_back, timezone,
        allowed_lag_days, check_total
    )) }}
{% endtest %}

{% macro default__test_matches_aggregate(
    model, expression, compare_model, group_by, compare_expression, compare_group_by, compare_condition,
    tolerance, relative_tolerance, timestamp_column, compare_timestamp_column, look_back, timezone,
    allowed_lag_days, check_total
) %}
{%- do dq_report._require_text(expression, 'matches_aggregate', 'expression') -%}
{%- do dq_report._require_model(compare_model, 'matches_aggregate', 'compare_model') -%}
{%- do dq_report._require_optional_text(compare_expression, 'matches_aggregate', 'compare_expression') -%}
{%- do dq_report._require_optional_text(compare_condition, 'matches_aggregate', 'compare_condition') -%}
{%- do dq_report._require_amount(tolerance, 'matches_aggregate', 'tolerance') -%}
{%- do dq_report._require_share(relative_tolerance, 'matches_aggregate', 'relative_tolerance') -%}
{%- set groups = dq_report._named_expressions(group_by, 'matches_aggregate', 'group_by') -%}
{%- set compare_groups = dq_report._named_expressions(compare_group_by or group_by, 'matches_aggregate', 'compare_group_by') -%}
{%- do dq_report._require(
    groups | list | sort == compare_groups | list | sort,
    'matches_aggregate',
    '`group_by` and `compare_group_by` must have the same names, but one has ' ~ dq_report._shown(groups | list)
        ~ ' and the other ' ~ dq_report._shown(compare_groups | list) ~ '.'
) -%}
{%- do dq_report._require_optional_text(timestamp_column, 'matches_aggregate', 'timestamp_column') -%}
{%- do dq_report._require_optional_text(compare_timestamp_column, 'matches_aggregate', 'compare_timestamp_column') -%}
{%- do dq_report._require_whole_number(look_back, 'matches_aggregate', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require(
    look_back is none or timestamp_column is not none, 'matches_aggregate', '`look_back` needs a `timestamp_column`.'
) -%}
{%- do dq_report._require_timezone(timezone, 'matches_aggregate') -%}
{%- do dq_report._require_whole_number(allowed_lag_days, 'matches_aggregate', 'allowed_lag_days') -%}
{%- do dq_report._require(
    allowed_lag_days == 0 or 'day' in groups, 'matches_aggregate', '`allowed_lag_days` needs a group named day.'
) -%}
{%- do dq_report._require(
    look_back is none or allowed_lag_days <= look_back,
    'matches_aggregate',
    '`allowed_lag_days` must not be more than `look_back`, or no day is left.'
) -%}
{%- do dq_report._require_flag(check_total, 'matches_aggregate', 'check_total') -%}
{%- do dq_report._require(
    groups or not check_total, 'matches_aggregate', '`check_total` needs a `group_by`; without it there is only a total.'
) -%}

{%- set days_read = look_back + 1 if look_back is not none and 'day' in groups else look_back -%}
{#- Names of our own until the last CTE: a column of the model may have the name of a group and mean something else. -#}
{%- set own_names = [] -%}
{%- set own_values = [] -%}
{%- set bounds_of_day = [] -%}
{%- for name in groups -%}
    {%- set own_name = 'dq_report_group_' ~ loop.index -%}
    {%- do own_names.append(own_name) -%}
    {%- do own_values.append('case when dq_report_is_total = 0 then ' ~ own_name ~ ' end' if check_total else own_name) -%}
    {%- set day = own_name ~ ' is null or cast(' ~ own_name ~ ' as date)' -%}
    {%- if name == 'day' and look_back is not none -%}
        {%- set first_day = dq_report._days_before(dq_report._today(timezone), look_back) -%}
        {%- do bounds_of_day.append('(' ~ day ~ ' >= ' ~ first_day ~ ')') -%}
    {%- endif -%}
    {%- if name == 'day' and allowed_lag_days > 0 -%}
        {%- set last_day = dq_report._days_before(dq_report._today(timezone), allowed_lag_days) -%}
        {%- do bounds_of_day.append('(' ~ day ~ ' <= ' ~ last_day ~ ')') -%}
    {%- endif -%}
{%- endfor -%}

{%- set judged -%}
with dq_report_totals as (

    select
        {%- for group in groups.values() %}
        {{ group }} as {{ own_names[loop.index0] }},
        {%- endfor %}
        'tested' as dq_report_side,
        {{ expression }} as dq_report_total
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, days_read, timezone) }}
    {%- if groups %}
    group by {{ groups.values() | join(', ') }}
    {%- endif %}

    union all

    select
        {%- for name in groups %}
        {{ compare_groups[name] }} as {{ own_names[loop.index0] }},
        {%- endfor %}
        'expected' as dq_report_side,
        {{ compare_expression or expression }} as dq_report_total
    from {{ compare_model }}
    where {{ dq_report._is_recent(compare_timestamp_column or timestamp_column, days_read, timezone) }}
    {%- if compare_condition %}
        and ({{ compare_condition }})
    {%- endif %}
    {%- if groups %}
    group by {{ compare_groups.values() | join(', ') }}
    {%- endif %}

),

-- Grouping brings the two sides together, as a join would, but NULL groups too.
dq_report_compared as (

    select
        {%- for value in own_values %}
        {{ value }} as {{ own_names[loop.index0] }},
        {%- endfor %}
        {%- if check_total %}
        dq_report_is_total,
        {%- endif %}
        count(case when dq_report_side = 'tested' then 1 end) as dq_report_is_tested,
        count(case when dq_report_side = 'expected' then 1 end) as dq_report_is_expected,
        {%- set add_up = 'sum' if check_total else 'max' %}
        {{ add_up }}(case when dq_report_side = 'tested' then dq_report_total end) as dq_report_tested_total,
        {{ add_up }}(case when dq_report_side = 'expected' then dq_report_total end) as dq_report_expected_total
    from dq_report_totals
    {%- if check_total %}
    cross join (select 0 as dq_report_is_total union all select 1 as dq_report_is_total) as dq_report_kinds_of_total
    {%- endif %}
    {%- if bounds_of_day %}
    where {{ bounds_of_day | join(' and ') }}
    {%- endif %}
    {%- if groups %}
    group by {{ own_values | join(', ') }}{{ ', dq_report_is_total' if check_total }}
    {%- endif %}

),

dq_report_judged as (

    select
        {%- for name in groups %}
        {{ own_names[loop.index0] }} as {{ name }},
        {%- endfor %}
        {%- if check_total %}
        dq_report_is_total,
        {%- endif %}
        dq_report_tested_total,
        dq_report_expected_total,
        case
            when dq_report_is_tested = 0 then 'missing in the tested model'
            when dq_report_is_expected = 0 then 'missing in the compared model'
            when dq_report_tested_total is null or dq_report_expected_total is null then 'unknown total'
            when {{ dq_report._differs('dq_report_tested_total', 'dq_report_expected_total', tolerance, relative_tolerance) }} then 'totals differ'
        end as dq_report_problem
    from dq_report_compared

)
{%- endset -%}
{%- set summed = modules.re.match('^\\s*sum\\(\\s*(\\w+)\\s*\\)\\s*$', expression, modules.re.I) -%}
{%- set period = ['day', 'week', 'month', 'quarter', 'year'] | select('in', groups) | first -%}
{%- if check_total or not groups -%}
    {%- set unit = 'total' -%}
{%- else -%}
    {%- set unit = (groups | first) if groups | length == 1 else 'group' -%}
{%- endif -%}
{%- set measure = 'coalesce(dq_report_expected_total, dq_report_tested_total)' -%}

{#- A group without a period has no text: it is not the last one. -#}
{%- set texts = ['cast(' ~ period ~ ' as ' ~ dbt.type_string() ~ ')'] if period else [] -%}
{%- for name in groups if name != period -%}
    {%- do texts.append('coalesce(cast(' ~ name ~ ' as ' ~ dbt.type_string() ~ "), 'NULL')") -%}
{%- endfor -%}
{%- set label = texts | join(" || ', ' || ") ~ " || ': '" if texts else "''" -%}
{%- set amount = "case when dq_report_problem = 'missing in the %s model' then 'nothing' else coalesce(cast(%s as " ~ dbt.type_string() ~ "), 'NULL') end" -%}
{{ dq_report._select_failing(
    judged, units='dq_report_judged', failed_if='dq_report_problem is not null', unit=unit, keys=groups | list,
    measure=('case when dq_report_is_total = 0 then ' ~ measure ~ ' end' if check_total else measure) if summed,
    measure_name=summed.group(1) ~ ' off' if summed,
    failed_measure='case when ' ~ ('dq_report_is_total = 0' if check_total else '1 = 1') ~ ' then abs(coalesce(dq_report_tested_total, 0) - coalesce(dq_report_expected_total, 0)) end',
    period=period if period,
    reasons={
        'missing in the tested model': "dq_report_problem = 'missing in the tested model'",
        'missing in the compared model': "dq_report_problem = 'missing in the compared model'",
        'of unknown total': "dq_report_problem = 'unknown total'",
        'below the expected total': 'dq_report_tested_total < dq_report_expected_total',
        'above the expected total': 'dq_report_tested_total > dq_report_expected_total',
    },
    detail=dbt.concat([
        "case when dq_report_is_total = 1 then 'total: ' else " ~ label ~ ' end' if check_total else label,
        amount % ('tested', 'dq_report_tested_total'), "', expected '", amount % ('compared', 'dq_report_expected_total')
    ])
) }}

{% endmacro %}
