{#- Stops compilation with a sentence that names the test, unless the condition holds. -#}
{% macro _require(condition, test_name, sentence) %}
    {%- if not condition -%}
        {%- do exceptions.raise_compiler_error('dq_report.' ~ test_name ~ ': ' ~ sentence) -%}
    {%- endif -%}
{% endmacro %}
