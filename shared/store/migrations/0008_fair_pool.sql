-- The pool of human work in turns. What is expected of a task and whose turn it takes is written when it enters, so that
-- pulling reads an index from its beginning.

alter table tasks add column share          text    not null default '';    -- whose turn it takes: the office above the sender, or the sender
alter table tasks add column effort_s       integer not null default 300;   -- seconds of work that are expected
alter table tasks add column rank           bigint  not null default 0;     -- the turn, in seconds of work
alter table tasks add column urgent         boolean not null default false; -- due soon or overdue: has been given an earlier turn
alter table tasks add column reserved_until timestamptz;                    -- kept for `preferred`, while on duty, until then

drop index tasks_pool;
create index tasks_pool on tasks (training, service, rank, id) where state = 'open';
-- The first to be due of an office, which is given the office's first turn.
create index tasks_of_share on tasks (training, share, due_at, id) where state = 'open' and not urgent and reserved_until is null;
-- Where the turns of a service have come to.
create index tasks_begun on tasks (training, service, rank) where state in ('leased', 'decided') and not urgent;
create index tasks_unhurried on tasks (due_at) where state = 'open' and not urgent;
create index tasks_due on tasks (due_at) where state in ('open', 'leased');
create index tasks_meant on tasks (preferred) where state = 'open' and preferred is not null;

-- How much work was entered for everybody who shares the verifiers: where the next turn of each begins.
create table pool_accounts (
    training  boolean not null,
    share     text    not null,                     -- of an office; `<share>/repaired`; `/urgent`
    finish    bigint  not null,
    primary key (training, share)
);

-- What waits already is dealt turns as if it entered now, the oldest due first.
update tasks t set share = w.share, rank = w.rank
from (select t.id, coalesce(o.parent, o.code) as share,
             300 * (row_number() over (partition by t.training, coalesce(o.parent, o.code) order by t.due_at, t.id) - 1) as rank
      from tasks t join offices o on o.code = t.office where t.state in ('open', 'leased')) w
where w.id = t.id;

insert into pool_accounts (training, share, finish)
select training, share, max(rank) + 300 from tasks where state in ('open', 'leased') group by training, share;
