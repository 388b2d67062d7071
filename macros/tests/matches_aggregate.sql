{#-
  Fails for every group whose aggregate is not the same in the tested model and in another one: the revenue of each day in
  a mart and in its source, for instance.

  `group_by` is a list of columns, or names with their expressions: `{day: cast(event_timestamp as date)}`. Without it one
  total is compared. `compare_expression`, `compare_group_by` and `compare_condition` say how the other model is read; a
  `where` in the config is for the tested model alone.

  Failing unit: a group. A group that only one side has fails.
  NULL: an aggregate of NULL fails, also when both are NULL: two unknown amounts are not equal. NULL is a group like others.
  Of a sum, such as sum(revenue), the evidence says how much of it stands in failing groups. A group named day, week,
  month, quarter or year is its period.
  `tolerance` is absolute, and half a cent by default, so that floating point cannot fail the test.
-#}
{% test matches_aggregate(
    model, expression, compare_model, group_by=none, compare_expression=none, compare_group_by=none, compare_condition=none, tolerance=0.005
) %}
    {{ return(adapter.dispatch('test_matches_aggregate', 'dq_report')(
        model, expression, compare_model, group_by, compare_expression, compare_group_by, compare_condition, tolerance
    )) }}
{% endtest %}

{% macro default__test_matches_aggregate(
    model, expression, compare_model, group_by, compare_expression, compare_group_by, compare_condition, tolerance
) %}
{%- do dq_report._require_text(expression, 'matches_aggregate', 'expression') -%}
{%- do dq_report._require_model(compare_model, 'matches_aggregate', 'compare_model') -%}
{%- do dq_report._require_amount(tolerance, 'matches_aggregate', 'tolerance') -%}
{%- set groups = dq_report._named_expressions(group_by, 'matches_aggregate', 'group_by') -%}
{%- set compare_groups = dq_report._named_expressions(compare_group_by or group_by, 'matches_aggregate', 'compare_group_by') -%}
{%- do dq_report._require(
    groups | list | sort == compare_groups | list | sort,
    'matches_aggregate',
    '`group_by` and `compare_group_by` must have the same names, but one has ' ~ dq_report._shown(groups | list)
        ~ ' and the other ' ~ dq_report._shown(compare_groups | list) ~ '.'
) -%}

{%- set judged -%}
with totals as (

    select
        {%- for name, group in groups.items() %}
        {{ group }} as {{ name }},
        {%- endfor %}
        'tested' as side,
        {{ expression }} as total
    from {{ model }}
    {%- if groups %}
    group by {{ groups.values() | join(', ') }}
    {%- endif %}

    union all

    select
        {%- for name in groups %}
        {{ compare_groups[name] }} as {{ name }},
        {%- endfor %}
        'expected' as side,
        {{ compare_expression or expression }} as total
    from {{ compare_model }}
    {%- if compare_condition %}
    where {{ compare_condition }}
    {%- endif %}
    {%- if groups %}
    group by {{ compare_groups.values() | join(', ') }}
    {%- endif %}

),

-- Grouping brings the two sides together, as a join would, but NULL groups too.
compared as (

    select
        {%- for name in groups %}
        {{ name }},
        {%- endfor %}
        count(case when side = 'tested' then 1 end) as is_tested,
        count(case when side = 'expected' then 1 end) as is_expected,
        max(case when side = 'tested' then total end) as tested_total,
        max(case when side = 'expected' then total end) as expected_total
    from totals
    {%- if groups %}
    group by {{ groups | list | join(', ') }}
    {%- endif %}

),

judged as (

    select
        {%- for name in groups %}
        {{ name }},
        {%- endfor %}
        tested_total,
        expected_total,
        case
            when is_tested = 0 then 'missing in the tested model'
            when is_expected = 0 then 'missing in the compared model'
            when tested_total is null or expected_total is null then 'unknown total'
            when abs(tested_total - expected_total) > {{ tolerance }} then 'totals differ'
        end as problem
    from compared

)
{%- endset -%}
{%- set summed = modules.re.match('^\\s*sum\\(\\s*(\\w+)\\s*\\)\\s*$', expression, modules.re.I) -%}
{%- set period = ['day', 'week', 'month', 'quarter', 'year'] | select('in', groups) | first -%}
{{ dq_report._select_failing(
    judged, units='judged', failed_if='problem is not null',
    unit=(groups | first if groups | length == 1 else 'group') if groups else 'total', keys=groups | list,
    measure='coalesce(expected_total, tested_total)' if summed, measure_name=summed.group(1) if summed,
    period=period if period
) }}

{% endmacro %}
