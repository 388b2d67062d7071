{#-
  Fails for every declared column that is missing or of another type, and, with a `timestamp_column`, for one that is still
  there but has had no value since another column came that looks like its new name: client_id is empty since clientId
  is filled. On request also for every column that nobody declared.

  Failing unit: a column. One that was probably renamed is one unit, not a missing one and a new one.
  NULL: the absence of a value. An empty text is a value.
  Rows without a timestamp cannot hide a rename: where only the new column has a value, they count as rows of the last
  closed day.
  Not seen: a column that is empty, as long as no new column looks like it; not_null_for_entire_day finds that. Types are
  compared as finely as dbt's adapter tells them.
-#}
{% test columns_match(
    model, columns=none, timestamp_column=none, look_back=none, timezone=none, types='check', added='pass'
) %}
    {{ return(adapter.dispatch('test_columns_match', 'dq_report')(
        model, columns, timestamp_column, look_back, timezone, types, added
    )) }}
{% endtest %}

{% macro default__test_columns_match(model, columns, timestamp_column, look_back, timezone, types, added) %}
{%- set test_name = 'columns_match' -%}
{%- set declared = dq_report._declared_columns(columns, test_name) -%}
{%- do dq_report._require_optional_text(timestamp_column, test_name, 'timestamp_column') -%}
{%- do dq_report._require_whole_number(look_back, test_name, 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require(
    look_back is none or timestamp_column is not none, test_name, '`look_back` needs a `timestamp_column`, but it is missing.'
) -%}
{%- do dq_report._require_timezone(timezone, test_name) -%}
{%- do dq_report._require(
    types in ['check', 'ignore'], test_name, '`types` must be check or ignore, but it is ' ~ dq_report._shown(types) ~ '.'
) -%}
{%- do dq_report._require(
    added in ['pass', 'fail'], test_name, '`added` must be pass or fail, but it is ' ~ dq_report._shown(added) ~ '.'
) -%}

{%- set judged = [] -%}
{%- if execute and flags.WHICH in ['build', 'test', 'retry'] -%}
    {%- do dq_report._require(
        '__dbt__cte__' not in model | string,
        test_name,
        'an ephemeral model has no columns in the warehouse; test a model that reads from it.'
    ) -%}
    {%- set declared = declared or dq_report._documented_columns(test_name) -%}
    {%- set actual = dq_report._columns_of('select * from ' ~ model ~ ' where 1 = 0') -%}

    {#- Which is which. A name that is not quoted may be in upper or lower case. -#}
    {%- set missing, present, known = [], [], [] -%}
    {%- for column in declared -%}
        {%- for found in actual
            if found.name == column.name or (not column.quoted and found.name | lower == column.name | lower) -%}
            {%- do column.update({'actual': found}) -%}
            {%- do known.append(found.name) -%}
        {%- endfor -%}
        {%- do (present if column.actual else missing).append(column) -%}
    {%- endfor -%}
    {%- set undeclared = actual | rejectattr('name', 'in', known) | list -%}

    {#- The warehouse says how it calls the declared types, so int4 is an integer. -#}
    {%- set typed = declared | selectattr('type') | list if types == 'check' else [] -%}
    {%- if typed -%}
        {%- set casts = [] -%}
        {%- for column in typed -%}
            {%- do casts.append('cast(null as ' ~ column.type ~ ') as column_' ~ loop.index) -%}
        {%- endfor -%}
        {%- for expected in dq_report._columns_of('select ' ~ casts | join(', ')) -%}
            {%- do typed[loop.index0].update({'expected': expected.type}) -%}
        {%- endfor -%}
    {%- endif -%}

    {#- New names, the most alike first. Whether values moved from a column that is still there, only their days can tell. -#}
    {%- set words_of_time = modules.re.findall('\\w+', (timestamp_column or '') | lower) -%}
    {%- set lost = missing | map(attribute='name') | map('lower') | select('in', words_of_time) | list -%}
    {%- set movable = present if timestamp_column and not lost else [] -%}
    {%- set alike, taken = [], [] -%}
    {%- for column in missing + movable -%}
        {%- set type = column.actual.type if column.actual else column.expected -%}
        {%- for other in undeclared -%}
            {%- set likeness = dq_report._likeness(column.name, other.name) -%}
            {%- if likeness == 1 or (likeness >= 0.7 and (not type or dq_report._is_of_type(other.type, type))) -%}
                {%- do alike.append({'likeness': likeness, 'column': column, 'name': other.name}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for pair in alike | sort(attribute='likeness', reverse=true) -%}
        {%- if not pair.column.new_name and pair.name not in taken -%}
            {%- do pair.column.update({'new_name': pair.name}) -%}
            {%- do taken.append(pair.name) -%}
        {%- endif -%}
    {%- endfor -%}

    {#- The last day on which a column has a value, and the last on which its new name alone has one. -#}
    {%- set suspects = present | selectattr('new_name') | list -%}
    {%- if suspects -%}
        {%- set day = dq_report._day(timestamp_column, timezone) -%}
        {%- set today = dq_report._today(timezone) -%}
        {%- set query -%}
/* renamed columns, for dq_report */
select
    {%- for column in suspects %}
    {%- set old = adapter.quote(column.actual.name) %}
    {%- set new = adapter.quote(column.new_name) %}
    cast(max(case when {{ old }} is not null then {{ day }} end) as {{ dbt.type_string() }}) as filled_{{ loop.index }},
    cast(max(case
        when {{ old }} is null and {{ new }} is not null then coalesce({{ day }}, {{ dq_report._days_before(today, 1) }})
    end) as {{ dbt.type_string() }}) as moved_{{ loop.index }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ model }}
where
    ({{ timestamp_column }} is null or {{ day }} < {{ today }})
    and {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}
        {%- endset -%}
        {%- for value in run_query(query).rows[0] -%}
            {%- do suspects[loop.index0 // 2].update({['filled', 'moved'][loop.index0 % 2]: (value or '') | string}) -%}
        {%- endfor -%}
    {%- endif -%}

    {%- for column in declared -%}
        {%- set renamed = ', probably renamed to ' ~ column.new_name if column.new_name else '' -%}
        {%- set problem, sentence = none, none -%}
        {%- if not column.actual -%}
            {%- set problem, sentence = 'renamed' if renamed else 'missing', 'is missing' ~ renamed -%}
        {%- elif column.moved and column.moved > column.filled -%}
            {%- set since = 'since ' ~ dq_report._earlier_date(column.filled, -1) if column.filled
                else 'on any day' if look_back is none else 'in the last ' ~ look_back ~ (' day' if look_back == 1 else ' days') -%}
            {%- set problem, sentence = 'stopped', 'has no value ' ~ since ~ renamed -%}
        {%- elif column.expected
            and not dq_report._is_of_type(column.actual.type, column.expected, exactly='(' in column.type) -%}
            {%- set problem, sentence = 'retyped', 'is ' ~ column.actual.type ~ ', declared as ' ~ column.type -%}
        {%- endif -%}
        {%- do column.update({'problem': problem, 'sentence': column.name ~ ' ' ~ sentence}) -%}
        {%- do judged.append(column) -%}
    {%- endfor -%}
    {%- set explained = judged | selectattr('problem', 'in', ['renamed', 'stopped']) | map(attribute='new_name') | list -%}
    {%- for other in undeclared if added == 'fail' and other.name not in explained -%}
        {%- do judged.append({'name': other.name, 'problem': 'added', 'sentence': other.name ~ ' is not declared'}) -%}
    {%- endfor -%}
{%- endif -%}

{%- set told = [] -%}
{%- for column in judged if column.problem -%}
    {%- do told.append(column.sentence) -%}
{%- endfor -%}
{%- set nothing = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}

{%- set compared -%}
with dq_report_columns as (

    {% for column in judged or [{}] -%}
    select
        {{ dq_report._literal(column.name) if column.name else nothing }} as column_name,
        {{ dq_report._literal(column.problem) if column.problem else nothing }} as problem,
        {{ dq_report._literal(column.sentence) if column.problem else nothing }} as sentence
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ '/* dbt asks for the columns when it runs this test */' if not judged }}

)
{%- endset -%}
{{ dq_report._select_failing(
    compared, units='dq_report_columns', failed_if='problem is not null', unit='column', keys=['column_name'],
    reasons={
        'missing': "problem = 'missing'",
        'renamed': "problem = 'renamed'",
        'without new values': "problem = 'stopped'",
        'of another type': "problem = 'retyped'",
        'not declared': "problem = 'added'"
    } if told | length > 1 else none,
    detail=dq_report._literal(told | join('; ')) if told else none
) }}

{% endmacro %}
