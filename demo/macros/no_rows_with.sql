{#-
  A relation of these text columns without any row. Put under the files with `union all by name`, it lets a query name a
  column that no file has.
-#}
{% macro no_rows_with(columns) -%}
select
    {%- for column in columns %}
    cast(null as varchar) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
where false
{%- endmacro %}
