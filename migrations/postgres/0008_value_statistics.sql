-- Which values are common for which attribute: a planner that took them for independent would expect a twelfth of the users who are
-- active, and look each of them up instead of joining sets.
CREATE STATISTICS attribute_index_values (mcv) ON attribute_id, index_key FROM attribute_index;
