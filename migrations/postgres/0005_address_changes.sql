-- When the address of somebody who signs in became another one: an operator's forgotten password is not reset by mail soon after.
ALTER TABLE credential ADD COLUMN address_changed BIGINT;
