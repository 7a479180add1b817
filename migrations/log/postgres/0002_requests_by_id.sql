-- A change names the request that made it: from there to the request is one look.

CREATE INDEX request_log_by_request ON request_log (request_id);
