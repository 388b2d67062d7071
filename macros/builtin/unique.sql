{#-
  dbt's own test, with evidence, for projects that let dq_report answer for dbt by `dispatch`.

  Failing unit: a value. The measure counts the rows that duplicated values touch.
-#}
{% macro default__test_unique(model, column_name) %}
{%- set counted -%}
with dq_report_values as (

    select
        {{ column_name }} as unique_field,
        count(*) as n_records
    from {{ model }}
    where {{ column_name }} is not null
    group by {{ column_name }}

)
{%- endset -%}
{{ dq_report._select_failing(
    counted, units='dq_report_values', failed_if='n_records > 1', unit='value',
    keys={column_name: 'unique_field'}, measure='n_records', measure_name='rows'
) }}
{% endmacro %}
