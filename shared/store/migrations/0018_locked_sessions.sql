-- A session can be locked: whoever left their desk stays signed in and holds their task, and nothing is shown until the
-- password was typed again. It stands in the row, so that a reload does not open it.
alter table sessions add column locked_at timestamptz;
