{#-
  The columns that an argument declares: from a column, a list of columns, or a mapping of columns to types. Each has
  `name`, `type` (none if any will do) and `quoted`. Stops compilation for anything else.
-#}
{% macro _declared_columns(columns, test_name) %}
    {%- set declared = [] -%}
    {%- set names = dq_report._text_list(
        columns | list if columns is mapping else columns, test_name, 'columns', allow_empty=columns is none
    ) -%}
    {%- for name in names -%}
        {%- set type = columns[name] if columns is mapping else none -%}
        {%- do dq_report._require(
            type is none or (type is string and type | trim != ''),
            test_name,
            '`columns` must map ' ~ name ~ ' to a type, but it is ' ~ dq_report._shown(type) ~ '.'
        ) -%}
        {%- do declared.append({'name': name, 'type': type, 'quoted': false}) -%}
    {%- endfor -%}
    {{ return(declared) }}
{% endmacro %}


{#- The same, of the columns documented for the node that is being tested. Stops the test if there are none. -#}
{% macro _documented_columns(test_name) %}
    {#- Tests of sources are not attached to them. -#}
    {%- set tested = model.attached_node or model.depends_on.nodes | first -%}
    {%- set node = graph.sources[tested] if tested in graph.sources else graph.nodes[tested] -%}
    {%- set columns = [] -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.append({'name': column.name, 'type': column.data_type or none, 'quoted': column.quote or false}) -%}
    {%- endfor -%}
    {%- do dq_report._require(
        columns | length > 0,
        test_name,
        'no columns are declared; name them in `columns`, or document them in the YAML of ' ~ node.name ~ '.'
    ) -%}
    {{ return(columns) }}
{% endmacro %}
