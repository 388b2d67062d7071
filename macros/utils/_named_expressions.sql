{#-
  What to group by, as names with their expressions: from nothing, a column, a list of columns, or a mapping such as
  `{day: cast(event_timestamp as date)}`. Stops compilation for anything else.
-#}
{% macro _named_expressions(given, test_name, argument) %}
    {%- set named = {} -%}
    {%- if given is mapping -%}
        {%- do named.update(given) -%}
    {%- else -%}
        {%- for column in dq_report._column_list(given, test_name, argument, allow_empty=true) -%}
            {%- do named.update({column: column}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, expression in named.items() -%}
        {%- do dq_report._require_text(name, test_name, argument) -%}
        {%- do dq_report._require_name(name, test_name, argument) -%}
        {%- do dq_report._require_text(expression, test_name, argument) -%}
    {%- endfor -%}
    {{ return(named) }}
{% endmacro %}
