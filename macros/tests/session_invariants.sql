{#-
  Fails for every session that cannot be one: it has several clients, or two neighbouring events more than
  `timeout_minutes` apart (exactly so many are fine). With `event_number_column` its events must be numbered 1 to n, and
  with `session_number_column` so must the sessions of each client; no number may be missing or there twice.

  With `look_back` those sessions are judged that begin within it. One day more is read (or more, for long timeouts), to
  know where they begin. Whether the first session of a client has the number 1 is then not known, so it is not asked.

  Failing unit: a session.
  NULL: rows without a session fail as one session. A session fails for a row without a client, a timestamp or a number,
  because nobody knows whether it belongs there.
  Not seen: numbers in another order than the timestamps, and sessions that should have been one.
-#}
{% test session_invariants(
    model, session_column, client_column, timestamp_column, timeout_minutes=30, event_number_column=none,
    session_number_column=none, look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_session_invariants', 'dq_report')(
        model, session_column, client_column, timestamp_column, timeout_minutes, event_number_column,
        session_number_column, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_session_invariants(
    model, session_column, client_column, timestamp_column, timeout_minutes, event_number_column, session_number_column,
    look_back, timezone
) %}
{%- do dq_report._require_text(session_column, 'session_invariants', 'session_column') -%}
{%- do dq_report._require_text(client_column, 'session_invariants', 'client_column') -%}
{%- do dq_report._require_text(timestamp_column, 'session_invariants', 'timestamp_column') -%}
{%- do dq_report._require_whole_number(timeout_minutes, 'session_invariants', 'timeout_minutes', minimum=1) -%}
{%- do dq_report._require_optional_text(event_number_column, 'session_invariants', 'event_number_column') -%}
{%- do dq_report._require_optional_text(session_number_column, 'session_invariants', 'session_number_column') -%}
{%- do dq_report._require_whole_number(look_back, 'session_invariants', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'session_invariants') -%}
{%- set scanned = dq_report._earlier_look_back(look_back, timeout_minutes * 60) -%}

{%- set sessions -%}
with events as (

    select
        {{ session_column }} as session_id,
        {{ client_column }} as client_id,
        {{ timestamp_column }} as event_at,
        {%- if event_number_column %}
        {{ event_number_column }} as event_number,
        row_number() over (
            partition by {{ session_column }} order by {{ event_number_column }}
        ) as expected_event_number,
        {%- endif %}
        {%- if session_number_column %}
        {{ session_number_column }} as session_number,
        {%- endif %}
        lag({{ timestamp_column }}) over (
            partition by {{ session_column }} order by {{ timestamp_column }}
        ) as previous_event_at
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}

),

{# What each client has of each session: one row for a session that is in order. -#}
visits as (

    select
        session_id,
        client_id,
        count(*) as rows_of_the_visit,
        count(*) - count(event_at) as untimed_rows,
        min(event_at) as first_event_at,
        max(event_at) as last_event_at,
        {%- if event_number_column %}
        count(case when event_number is null or event_number <> expected_event_number then 1 end) as misnumbered_rows,
        {%- endif %}
        {%- if session_number_column %}
        min(session_number) as session_number,
        count(*) - count(session_number) as unnumbered_rows,
        max(session_number) - min(session_number) as other_session_numbers,
        {%- endif %}
        count(case when not {{ dq_report._is_within('previous_event_at', 'event_at', timeout_minutes * 60) }} then 1 end) as late_rows
    from events
    group by session_id, client_id

),
{%- if session_number_column %}

numbered_visits as (

    select
        *,
        lag(session_number) over (
            {#- With a look-back, old sessions are there only if they lack a timestamp. #}
            partition by client_id{{ ', case when first_event_at is null then 1 end' if look_back is not none }}
            order by session_number, session_id
        ) as previous_session_number
    from visits

),
{%- endif %}

sessions as (

    select
        session_id,
        count(client_id) as clients,
        min(first_event_at) as began_at,
        sum(rows_of_the_visit) as rows_of_the_session,
        sum(late_rows) as gaps,
        {%- if event_number_column %}
        sum(misnumbered_rows) as wrong_event_numbers,
        {%- endif %}
        {%- if session_number_column %}
        count(case
            when unnumbered_rows > 0 or other_session_numbers > 0 then 1
            when session_number <> {{ 'coalesce(previous_session_number, 0)' if look_back is none else 'previous_session_number' }} + 1 then 1
        end) as wrong_session_numbers,
        {%- endif %}
        sum(case when client_id is null then rows_of_the_visit else 0 end) as rows_without_client,
        sum(untimed_rows) as rows_without_time
    from {{ 'numbered_visits' if session_number_column else 'visits' }}
    group by session_id
    {%- if look_back is not none %}
    having {{ dq_report._is_recent('min(first_event_at)', look_back, timezone) }}
        or max(untimed_rows) > 0
        or (session_id is null and {{ dq_report._is_recent('max(last_event_at)', look_back, timezone) }})
    {%- endif %}

)
{%- endset -%}
{#- Rows without a session have much in common with each other, but it means nothing. -#}
{%- set reasons = {'with several clients': 'session_id is not null and clients > 1', 'with a gap': 'session_id is not null and gaps > 0'} -%}
{%- set failed_if = ['session_id is null', 'clients > 1', 'gaps > 0', 'rows_without_client > 0', 'rows_without_time > 0'] -%}
{%- if event_number_column -%}
    {%- do reasons.update({'with a hole in its numbering': 'session_id is not null and wrong_event_numbers > 0'}) -%}
    {%- do failed_if.append('wrong_event_numbers > 0') -%}
{%- endif -%}
{%- if session_number_column -%}
    {%- do reasons.update({'with a wrong session number': 'session_id is not null and wrong_session_numbers > 0'}) -%}
    {%- do failed_if.append('wrong_session_numbers > 0') -%}
{%- endif -%}
{%- do reasons.update({
    'with a row without a client': 'session_id is not null and rows_without_client > 0',
    'with a row without a timestamp': 'session_id is not null and rows_without_time > 0',
    'without an id': 'session_id is null',
}) -%}
{{ dq_report._select_failing(
    sessions, units='sessions', failed_if=failed_if | join(' or '), unit='session',
    keys={session_column: 'session_id'}, measure='rows_of_the_session', measure_name='rows',
    period=dq_report._day('began_at', timezone), reasons=reasons
) }}

{% endmacro %}
