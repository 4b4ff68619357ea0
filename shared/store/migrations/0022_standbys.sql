-- What waits for something that no office and no verifier can hurry: an answer of the central register, before the decision,
-- or blanks to print what has passed on. Each has a time at which somebody looks again.

create table standbys (
    id             uuid primary key,
    submission_id  uuid        not null references submissions (id),
    revision       integer     not null,
    kind           text        not null check (kind in ('register', 'ktp_blanks', 'akta_blanks')),
    since          timestamptz not null,
    back_at        timestamptz not null,             -- in view again
    set_by         uuid        not null references users (id),
    fence          bigint,                           -- of the lease under which a task was set aside
    ended_at       timestamptz,
    ended_by       uuid references users (id),       -- absent: its time had come, or its office took it back
    end_reason     text check (end_reason in ('due', 'recalled', 'arrived', 'withdrawn', 'reversed'))
);
create unique index standbys_open on standbys (submission_id) where ended_at is null;
create index standbys_back on standbys (kind, back_at) where ended_at is null;
create index standbys_of on standbys (submission_id, since);

-- A task that was set aside is nobody's and in no pool. Its submission waits.
alter table tasks drop constraint tasks_state_check;
alter table tasks add constraint tasks_state_check check (state in ('open', 'leased', 'aside', 'decided', 'closed'));
drop index tasks_due;
create index tasks_due on tasks (due_at) where state in ('open', 'leased', 'aside');

-- What an office is told of a standby is no answer to what it sent.
alter table notices add column standby_id uuid references standbys (id);
