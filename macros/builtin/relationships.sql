{#-
  dbt's own test, with evidence, for projects that let dq_report answer for dbt by `dispatch`.

  Failing unit: a row with a value that the parent does not have. Sample keys are the values with most of such rows.
-#}
{% macro default__test_relationships(model, column_name, to, field) %}
{%- set joined -%}
with child as (

    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null

),

-- Once each, so that no child is counted twice.
parent as (

    select distinct {{ field }} as to_field
    from {{ to }}

),

joined as (

    select
        child.from_field,
        parent.to_field
    from child
    left join parent
        on child.from_field = parent.to_field

)
{%- endset -%}
{{ dq_report._select_failing(
    joined, units='joined', failed_if='to_field is null', unit='row', columns='from_field',
    keys={column_name: 'from_field'}
) }}
{% endmacro %}
