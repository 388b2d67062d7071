{{ config(materialized='ephemeral') }}
select 'T1' as transaction_id
union all
select 'T1' as transaction_id
