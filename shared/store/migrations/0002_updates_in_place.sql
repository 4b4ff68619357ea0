-- A submission's row is updated at every step. PostgreSQL can do so in place (HOT), without touching an index, when the
-- page has room and no indexed column changes; an index on the stage makes every step write all the indexes.

drop index submissions_by_stage;

-- Before the new column, which rewrites the table and leaves the room. Writers wait meanwhile.
alter table submissions set (fillfactor = 70);
alter table submissions add column live boolean not null generated always as (stage not in ('noticed', 'withdrawn')) stored;

-- What is under way; a small part of all there ever was.
create index submissions_live on submissions (office) where live;
