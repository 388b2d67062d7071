select
    transaction_id,
    cast(item_revenue as decimal(12, 2)) as item_revenue
from (values
    ('T1', 10.10), ('T2', 20.00), ('T4', 5.00), ('T5', 9.00), ('T6', 12.00), ('T6', 3.00), ('T6', null), ('T9', 4.00)
) as given (transaction_id, item_revenue)
