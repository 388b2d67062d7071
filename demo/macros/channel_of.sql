{#- The marketing channel that a page view came through: paid clicks by their click id, the rest by campaign or referrer. -#}
{% macro channel_of(page_url, referrer) -%}
case
    when regexp_matches({{ page_url }}, '[?&](gclid|gbraid|wbraid|msclkid)=') then 'paid search'
    when regexp_matches({{ page_url }}, '[?&](fbclid|ttclid)=') then 'paid social'
    when regexp_matches({{ page_url }}, '[?&]irclickid=') then 'affiliate'
    when regexp_matches({{ page_url }}, '[?&](_kx|bxid)=') then 'email'
    when regexp_matches({{ page_url }}, '[?&]utm_source=') then 'other campaign'
    when regexp_matches({{ referrer }}, '^https?://([a-z]+[.])*(google|bing|duckduckgo)[.]') then 'organic search'
    when not contains({{ referrer }}, {{ domain_of(page_url) }}) then 'referral'
    else 'direct'
end
{%- endmacro %}

{#- The last two parts of a host name, which a shop and its checkout share. -#}
{% macro domain_of(url) -%}
regexp_extract({{ url }}, '([^/.]+[.][^/.]+)(/|$)', 1)
{%- endmacro %}
