-- Who is never given a submission: conflict of interest. A row is written when the cause arises, so that pulling asks one
-- small index.

create table task_exclusions (
    submission_id  uuid        not null references submissions (id),
    revision       integer,                           -- absent: of all revisions
    user_id        uuid        not null references users (id),
    reason         text        not null check (reason in ('acquainted', 'party', 'sent', 'undone', 'under_review', 'overruled')),
    at             timestamptz not null,
    unique nulls not distinct (submission_id, user_id, revision)
);

-- Under which ids of an office's clerks a verifier enters or sends submissions there: the `sent_by` of its messages.
create table user_clerks (
    office   text not null references offices (code),
    clerk    text not null,
    user_id  uuid not null references users (id),
    primary key (office, clerk, user_id)
);

create index decisions_undone on decisions (submission_id) where undone_at is not null;

-- The second pair of eyes: some tasks need two verifiers who agree, or else a supervisor.

alter table tasks add column looks smallint not null default 1; -- how many have to agree: 1 or 2
alter table tasks add column look  smallint not null default 1; -- whose turn it is: the first, the second; 3: a supervisor, for they disagreed

-- What each pair of eyes said of such a task. A decision is made of it when they agree, or by the supervisor.
create table looks (
    id          uuid primary key,
    task_id     uuid        not null references tasks (id),
    look        smallint    not null check (look between 1 and 3),
    user_id     uuid        not null references users (id),
    fence       bigint      not null,                 -- of the lease under which it was said
    outcome     text        not null,
    reasons     jsonb       not null,                 -- coded, as in decisions
    verdicts    jsonb       not null,                 -- on the documents: not shown to who looks next, given back by an undo
    decided_at  timestamptz not null,
    undo_until  timestamptz not null,
    undone_at   timestamptz
);
create unique index looks_live on looks (task_id, look) where undone_at is null;
create index looks_of_user on looks (user_id, decided_at) where undone_at is null;
create index looks_by_time on looks (decided_at) where undone_at is null;
