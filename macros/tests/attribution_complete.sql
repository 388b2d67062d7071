{#-
  Fails for every conversion that is not attributed in full: one of the `touch_columns` names no channel.

  `conversion_condition` says which rows are conversions, all if it is left out. `missing_values` lists texts that mean
  "no channel" too, such as (not set). `key_columns` tell the failing conversions apart.

  Failing unit: a conversion, that is a row of the model.
  NULL: a channel of NULL, and a blank one, is missing. Where the condition is NULL, the row counts as a conversion.
-#}
{% test attribution_complete(model, touch_columns, key_columns, conversion_condition=none, missing_values=none) %}
    {{ return(adapter.dispatch('test_attribution_complete', 'dq_report')(
        model, touch_columns, key_columns, conversion_condition, missing_values
    )) }}
{% endtest %}

{% macro default__test_attribution_complete(model, touch_columns, key_columns, conversion_condition, missing_values) %}
{%- set touches = dq_report._column_list(touch_columns, 'attribution_complete', 'touch_columns') -%}
{%- set keys = dq_report._column_list(key_columns, 'attribution_complete', 'key_columns') -%}
{%- set missing = dq_report._column_list(missing_values, 'attribution_complete', 'missing_values', allow_empty=true) -%}
{%- if conversion_condition is not none -%}
    {%- do dq_report._require_text(conversion_condition, 'attribution_complete', 'conversion_condition') -%}
{%- endif -%}

with conversions as (

    select
        {{ (keys + touches) | unique | join(', ') }}
    from {{ model }}
    {%- if conversion_condition is not none %}
    -- Not simply the condition: where it is NULL, the row must not slip through.
    where case when not ({{ conversion_condition }}) then 0 else 1 end = 1
    {%- endif %}

)

select *
from conversions
where 1 = 0
    {%- for touch in touches %}
    or {{ touch }} is null
    or trim({{ touch }}) = ''
    {%- for value in missing %}
    or {{ touch }} = {{ dq_report._literal(value) }}
    {%- endfor %}
    {%- endfor %}

{% endmacro %}
