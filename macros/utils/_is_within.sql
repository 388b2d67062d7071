{#-
  The condition on which a moment is at most some seconds after an earlier one; NULL where either is NULL. The seconds are
  added to one of them, because some warehouses take the difference of two moments by the boundaries between them.
-#}
{% macro _is_within(earlier, later, seconds) -%}
    {{ return(adapter.dispatch('_is_within', 'dq_report')(earlier, later, seconds)) }}
{%- endmacro %}

{% macro default___is_within(earlier, later, seconds) -%}
    ({{ later }} <= {{ dbt.dateadd('second', seconds, earlier) }})
{%- endmacro %}

{#- dbt's own makes a datetime of it, which does not compare with a timestamp. -#}
{% macro bigquery___is_within(earlier, later, seconds) -%}
    (timestamp({{ later }}) <= timestamp_add(timestamp({{ earlier }}), interval {{ seconds }} second))
{%- endmacro %}

{#- dbt's own stops at NULL, and drops fractions of seconds. -#}
{% macro spark___is_within(earlier, later, seconds) -%}
    ({{ later }} <= timestampadd(second, {{ seconds }}, {{ earlier }}))
{%- endmacro %}
