{#-
  The end of every test: selects the failing units, and says how many were checked, how many failed and what they are
  worth, in a comment that travels with the test's SQL into dbt's run_results.json.

  ctes            the test's SQL up to its last CTE, or '' if there is none
  units           the CTE or relation with one row for each unit that is checked
  failed_if       the condition on which a unit fails
  unit            what a row of `units` is, in one word: order, day, row
  columns         what is selected of a failing unit
  keys            columns of `units` that tell one unit from another: a list, or names with their expressions
  measure         an amount of `units` that is worth adding up, and `measure_name` its name
  failed_measure  how much of it counts when the unit fails, all of it if left out
  period          a day or month of `units`
  reasons         why units fail, as texts with their conditions, for those whose number is worth telling: {'without a key': 'id is null'}
  detail          a text of a failing unit, as SQL; the evidence has the last one in their order, so begin it with the period

  The test scans its data once when nothing is wrong: if the evidence says so, what is left to select is nothing.
-#}
{% macro _select_failing(
    ctes, units, failed_if, unit, columns='*', keys=none, measure=none, measure_name=none, failed_measure=none, period=none,
    reasons=none, detail=none
) %}
{%- set evidence = dq_report._evidence(
    ctes=ctes, units=units, failed_if=failed_if, unit=unit, keys=keys, measure=measure, measure_name=measure_name,
    failed_measure=failed_measure or measure, period=period, reasons=reasons or {}, detail=detail
) -%}
{{ ctes }}

select {{ columns }}
from {{ units }}
where {{ '1 = 0' if evidence.failed == '0' else failed_if }}
{%- if evidence %}
{{ evidence.comment }}
{%- endif %}
{% endmacro %}
