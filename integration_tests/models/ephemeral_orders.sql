{{ config(materialized='ephemeral') }}
select transaction_id from (values ('T1'), ('T1')) as given (transaction_id)
