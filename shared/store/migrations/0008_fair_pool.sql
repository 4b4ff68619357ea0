-- The pool of human work in turns. What is expected of a task and whose turn it takes is written when it enters, so that
-- pulling reads an index from its beginning.

alter table tasks add column share          text    not null default '';    -- whose turn it takes: the office above the sender, or the sender
alter table tasks add column effort_s       integer not null default 300;   -- seconds of work that are expected
alter table tasks add column rank           bigint  not null default 0;     -- the turn, in seconds of work
alter table tasks add column urgent         boolean not null default false; -- due soon or overdue: before all turns
alter table tasks add column reserved_until timestamptz;                    -- kept for `preferred`, while on duty, until then

drop index tasks_pool;
create index tasks_pool on tasks (training, service, urgent desc, rank, id) where state = 'open';
create index tasks_kept on tasks (preferred, urgent desc, rank, id) where state = 'open' and reserved_until is not null;
create index tasks_of_share on tasks (training, share, due_at) where state = 'open';
create index tasks_unhurried on tasks (due_at) where state = 'open' and not urgent;

-- How much work was entered for everybody who shares the verifiers: where the next turn of each begins.
create table pool_accounts (
    training  boolean not null,
    share     text    not null,
    finish    bigint  not null,
    primary key (training, share)
);
