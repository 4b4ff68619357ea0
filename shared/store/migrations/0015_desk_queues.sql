-- What the desk's queues and the pool's keeper read and write beside what they did.

-- The turn that an urgent task had before it was given an earlier one: it has it again when its due time moves away.
alter table tasks add column rank_before bigint;

-- The pool of one office, and what was returned and is not repaired yet.
create index tasks_pool_of_share on tasks (share, rank, id) where state = 'open';
create index submissions_away on submissions (stage_since) where stage = 'noticed' and outcome = 'returned';

-- The token under which a supervisor handed the task to somebody, or took it back: whoever has an older one is told why.
alter table tasks add column handed_fence bigint not null default 0;

-- When it came into the pool, or came back to it: what those who look at a queue are told of.
alter table tasks add column opened_at timestamptz;
create index tasks_opened on tasks (opened_at) where state = 'open';
