{#-
  dbt's own test, with evidence, for projects that let dq_report answer for dbt by `dispatch`.

  Failing unit: a row. Without a key of the model there are no sample keys.
-#}
{% macro default__test_not_null(model, column_name) %}
{{ dq_report._select_failing(
    '', units=model, failed_if=column_name ~ ' is null', unit='row',
    columns='*' if should_store_failures() else column_name
) }}
{% endmacro %}
