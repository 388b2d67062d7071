select "Order Id", "select", "größe" from (values (1, 'a', 'x'), (1, null, 'y')) as given ("Order Id", "select", "größe")
