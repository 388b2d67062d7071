{#-
  The project's `vars: dq_report:`, with defaults for what it leaves out. Stops compilation for anything unknown, so that
  a slip of the pen does not go unnoticed.
-#}
{% macro _settings() %}
    {%- set settings = {'evidence': true, 'sample_keys': 0, 'timezone': 'UTC', 'as_of': none} -%}
    {%- set given = var('dq_report', {}) -%}
    {%- do dq_report._require(
        given is mapping, 'vars', '`dq_report` must hold settings by name, but it is ' ~ dq_report._shown(given) ~ '.'
    ) -%}
    {%- for name in given -%}
        {%- do dq_report._require(
            name in settings,
            'vars',
            'there is no setting ' ~ dq_report._shown(name) ~ '; there are ' ~ settings | join(', ') ~ '.'
        ) -%}
    {%- endfor -%}
    {%- do settings.update(given) -%}
    {%- do dq_report._require_flag(settings.evidence, 'vars', 'evidence') -%}
    {%- set number = settings.sample_keys -%}
    {%- do dq_report._require(
        number is integer and number is not boolean and number >= 0 and number <= 100,
        'vars',
        '`sample_keys` must be a whole number from 0 to 100, but it is ' ~ dq_report._shown(number) ~ '.'
    ) -%}
    {%- do dq_report._require_timezone(settings.timezone or '', 'vars') -%}
    {%- if settings.as_of is not none -%}
        {#- YAML makes a date of it. -#}
        {%- do settings.update({'as_of': settings.as_of | string}) -%}
        {%- do dq_report._require(
            modules.re.match('^[0-9]{4}-[0-1][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9]:[0-5][0-9])?$', settings.as_of),
            'vars',
            '`as_of` must be a day or a time in UTC such as 2025-03-09 06:00:00, but it is ' ~ dq_report._shown(settings.as_of) ~ '.'
        ) -%}
    {%- endif -%}
    {{ return(settings) }}
{% endmacro %}
