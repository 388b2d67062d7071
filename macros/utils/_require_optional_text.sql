{#- Stops compilation unless the argument is left out, or a column or an expression. -#}
{% macro _require_optional_text(value, test_name, argument) %}
    {%- if value is not none -%}
        {%- do dq_report._require_text(value, test_name, argument) -%}
    {%- endif -%}
{% endmacro %}
