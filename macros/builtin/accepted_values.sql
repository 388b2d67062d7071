{#-
  dbt's own test, with evidence, for projects that let dq_report answer for dbt by `dispatch`.

  Failing unit: a value. The measure counts its rows; sample keys are the most frequent unexpected values.
-#}
{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
{%- set counted -%}
with dq_report_values as (

    select
        {{ column_name }} as value_field,
        count(*) as n_records
    from {{ model }}
    where {{ column_name }} is not null
    group by {{ column_name }}

)
{%- endset -%}
{%- set accepted -%}
{% for value in values %}{{ "'" ~ value ~ "'" if quote else value }}{{ ', ' if not loop.last }}{% endfor %}
{%- endset -%}
{{ dq_report._select_failing(
    counted, units='dq_report_values', failed_if='value_field not in (' ~ accepted ~ ')', unit='value',
    keys={column_name: 'value_field'}, measure='n_records', measure_name='rows'
) }}
{% endmacro %}
