-- A decision that was told and was wrong. It is undone like one that is taken back within the hold, so that whatever reads
-- live decisions goes on as it is; these columns say that the office had been told, who reversed it and why.

alter table decisions
    add column reversed_at      timestamptz,
    add column reversed_by      uuid references users (id),
    add column reversal_reason  text,
    add column replaces         uuid references decisions (id); -- the reversed decision in whose place it stands
create unique index decisions_replacing on decisions (replaces) where replaces is not null;

-- The notice that does not count any more once this one is read.
alter table notices add column corrects uuid references notices (id);
create index notices_correcting on notices (corrects) where corrects is not null;
