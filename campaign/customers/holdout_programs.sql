-- Each holdout of a campaign shows its customer's program: the dashboard counts and filters by it without the customers.
UPDATE campaign_holdout AS holdout
SET client_program = customer.client_program
FROM campaign_customer AS customer
WHERE holdout.campaign_id = %(campaign)s AND customer.id = holdout.customer_id AND holdout.client_program <> customer.client_program
