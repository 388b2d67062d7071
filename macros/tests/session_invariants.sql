{#-
  Fails for every session that cannot be one: it has several clients, or two neighbouring events more than
  `timeout_minutes` apart (exactly so many are fine). With `event_number_column` its events must be numbered 1 to n, and
  with `session_number_column` so must the sessions of each client; no number may be missing or there twice. Numbers may be texts.

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
{#- Texts would come in the order 1, 10, 2. -#}
{%- set event_number = 'cast(' ~ event_number_column ~ ' as ' ~ dbt.type_bigint() ~ ')' -%}
{%- set scanned = dq_report._earlier_look_back(look_back, timeout_minutes * 60) -%}

{%- set sessions -%}
with dq_report_events as (

    select
        {{ session_column }} as dq_report_session_id,
        {{ client_column }} as dq_report_client_id,
        {{ timestamp_column }} as dq_report_event_at,
        {%- if event_number_column %}
        {{ event_number }} as dq_report_event_number,
        row_number() over (
            partition by {{ session_column }} order by {{ event_number }}
        ) as dq_report_expected_event_number,
        {%- endif %}
        {%- if session_number_column %}
        cast({{ session_number_column }} as {{ dbt.type_bigint() }}) as dq_report_session_number,
        {%- endif %}
        lag({{ timestamp_column }}) over (
            partition by {{ session_column }} order by {{ timestamp_column }}
        ) as dq_report_previous_event_at
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}

),

{# What each client has of each session: one row for a session that is in order. -#}
dq_report_visits as (

    select
        dq_report_session_id,
        dq_report_client_id,
        count(*) as dq_report_rows_of_the_visit,
        count(*) - count(dq_report_event_at) as dq_report_untimed_rows,
        min(dq_report_event_at) as dq_report_first_event_at,
        max(dq_report_event_at) as dq_report_last_event_at,
        {%- if event_number_column %}
        count(case when dq_report_event_number is null or dq_report_event_number <> dq_report_expected_event_number then 1 end) as dq_report_misnumbered_rows,
        {%- endif %}
        {%- if session_number_column %}
        min(dq_report_session_number) as dq_report_session_number,
        count(*) - count(dq_report_session_number) as dq_report_unnumbered_rows,
        max(dq_report_session_number) - min(dq_report_session_number) as dq_report_other_session_numbers,
        {%- endif %}
        count(case when not {{ dq_report._is_within('dq_report_previous_event_at', 'dq_report_event_at', timeout_minutes * 60) }} then 1 end) as dq_report_late_rows
    from dq_report_events
    group by dq_report_session_id, dq_report_client_id

),
{%- if session_number_column %}

dq_report_numbered_visits as (

    select
        *,
        lag(dq_report_session_number) over (
            {#- With a look-back, old sessions are there only if they lack a timestamp. #}
            partition by dq_report_client_id{{ ', case when dq_report_first_event_at is null then 1 end' if look_back is not none }}
            {#- Rows without a session come after it, wherever the warehouse sorts NULL. #}
            order by dq_report_session_number, case when dq_report_session_id is null then 1 else 0 end, dq_report_session_id
        ) as dq_report_previous_session_number
    from dq_report_visits

),
{%- endif %}

dq_report_sessions as (

    select
        dq_report_session_id,
        count(dq_report_client_id) as dq_report_clients,
        min(dq_report_first_event_at) as dq_report_began_at,
        sum(dq_report_rows_of_the_visit) as dq_report_rows_of_the_session,
        sum(dq_report_late_rows) as dq_report_gaps,
        {%- if event_number_column %}
        sum(dq_report_misnumbered_rows) as dq_report_wrong_event_numbers,
        {%- endif %}
        {%- if session_number_column %}
        count(case
            when dq_report_unnumbered_rows > 0 or dq_report_other_session_numbers > 0 then 1
            when dq_report_session_number <> {{ 'coalesce(dq_report_previous_session_number, 0)' if look_back is none else 'dq_report_previous_session_number' }} + 1 then 1
        end) as dq_report_wrong_session_numbers,
        {%- endif %}
        sum(case when dq_report_client_id is null then dq_report_rows_of_the_visit else 0 end) as dq_report_rows_without_client,
        sum(dq_report_untimed_rows) as dq_report_rows_without_time
    from {{ 'dq_report_numbered_visits' if session_number_column else 'dq_report_visits' }}
    group by dq_report_session_id
    {%- if look_back is not none %}
    having {{ dq_report._is_recent('min(dq_report_first_event_at)', look_back, timezone) }}
        or max(dq_report_untimed_rows) > 0
        or (dq_report_session_id is null and {{ dq_report._is_recent('max(dq_report_last_event_at)', look_back, timezone) }})
    {%- endif %}

)
{%- endset -%}
{#- Rows without a session have much in common with each other, but it means nothing. -#}
{%- set reasons = {'with several clients': 'dq_report_session_id is not null and dq_report_clients > 1', 'with a gap': 'dq_report_session_id is not null and dq_report_gaps > 0'} -%}
{%- set failed_if = ['dq_report_session_id is null', 'dq_report_clients > 1', 'dq_report_gaps > 0', 'dq_report_rows_without_client > 0', 'dq_report_rows_without_time > 0'] -%}
{%- if event_number_column -%}
    {%- do reasons.update({'with a hole in its numbering': 'dq_report_session_id is not null and dq_report_wrong_event_numbers > 0'}) -%}
    {%- do failed_if.append('dq_report_wrong_event_numbers > 0') -%}
{%- endif -%}
{%- if session_number_column -%}
    {%- do reasons.update({'with a wrong session number': 'dq_report_session_id is not null and dq_report_wrong_session_numbers > 0'}) -%}
    {%- do failed_if.append('dq_report_wrong_session_numbers > 0') -%}
{%- endif -%}
{%- do reasons.update({
    'with a row without a client': 'dq_report_session_id is not null and dq_report_rows_without_client > 0',
    'with a row without a timestamp': 'dq_report_session_id is not null and dq_report_rows_without_time > 0',
    'without an id': 'dq_report_session_id is null',
}) -%}
{{ dq_report._select_failing(
    sessions, units='dq_report_sessions', failed_if=failed_if | join(' or '), unit='session',
    keys={session_column: 'dq_report_session_id'}, measure='dq_report_rows_of_the_session', measure_name='rows',
    period=dq_report._day('dq_report_began_at', timezone), reasons=reasons
) }}

{% endmacro %}
