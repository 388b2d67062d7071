{#- An amount as text for people: two digits after the point, or none, `rounded` by round, ceil or floor, if it is a count. -#}
{% macro _amount_text(amount, is_count, rounded='round') -%}
    {%- set number -%}
        {%- if is_count -%}
            cast({{ rounded }}({{ amount }}) as {{ dbt.type_bigint() }})
        {%- else -%}
            round(cast({{ amount }} as {{ dbt.type_numeric() }}), 2)
        {%- endif -%}
    {%- endset -%}
    coalesce(cast({{ number }} as {{ dbt.type_string() }}), 'NULL')
{%- endmacro %}
