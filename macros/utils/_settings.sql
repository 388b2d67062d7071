{#-
  The project's `vars: dq_report:`, with defaults for what it leaves out. Stops compilation for anything unknown, so that
  a slip of the pen does not go unnoticed.
-#}
{% macro _settings() %}
    {%- set settings = {'evidence': true, 'sample_keys': 0, 'timezone': 'UTC'} -%}
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
    {%- do dq_report._require(
        settings.timezone is string and modules.re.match('^[A-Za-z0-9_+/-]+$', settings.timezone),
        'vars',
        '`timezone` must be a name such as Europe/Berlin, but it is ' ~ dq_report._shown(settings.timezone) ~ '.'
    ) -%}
    {{ return(settings) }}
{% endmacro %}
