select
    transaction_id,
    cast(item_revenue as decimal(12, 2)) as item_revenue
from (values ('T1', 10.10)) as given (transaction_id, item_revenue)
