{#-
  Fails for every group whose aggregate is not the same in the tested model and in another one: the revenue of each day in
  a mart and in its source, for instance.

  `group_by` is a list of columns, or names with their expressions: `{day: cast(event_timestamp as date)}`. Without it one
  total is compared. `compare_expression`, `compare_group_by` and `compare_condition` say how the other model is read;
  a `where` in the config is for the tested model alone.

  Failing unit: a group. A group that one side does not have fails.
  NULL: an aggregate of NULL fails, also when both are NULL: two unknown amounts are not equal. NULL as a group is a group.
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
{%- do dq_report._require_amount(tolerance, 'matches_aggregate', 'tolerance') -%}
{%- set groups = dq_report._named_expressions(group_by, 'matches_aggregate', 'group_by') -%}
{%- set compare_groups = dq_report._named_expressions(compare_group_by or group_by, 'matches_aggregate', 'compare_group_by') -%}
{%- do dq_report._require(
    groups.keys() | sort == compare_groups.keys() | sort,
    'matches_aggregate',
    '`group_by` and `compare_group_by` must name the same groups, but one has ' ~ (groups.keys() | sort | join(', '))
        ~ ' and the other ' ~ (compare_groups.keys() | sort | join(', ')) ~ '.'
) -%}
{%- set names = groups.keys() | list -%}

with tested as (

    select
        {%- for name in names %}
        {{ groups[name] }} as {{ name }},
        {%- endfor %}
        {{ expression }} as aggregate_value
    from {{ model }}
    {{ dq_report._group_by_position(names) }}

),

expected as (

    select
        {%- for name in names %}
        {{ compare_groups[name] }} as {{ name }},
        {%- endfor %}
        {{ compare_expression or expression }} as aggregate_value
    from {{ compare_model }}
    {%- if compare_condition %}
    where {{ compare_condition }}
    {%- endif %}
    {{ dq_report._group_by_position(names) }}

),

-- A union and not a join, because here NULL groups meet too.
both_sides as (

    select
        {%- for name in names %}
        {{ name }},
        {%- endfor %}
        aggregate_value as tested_value,
        aggregate_value - aggregate_value as expected_value,
        1 as is_tested,
        0 as is_expected
    from tested

)

select * from both_sides

{% endmacro %}
