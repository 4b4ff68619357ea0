-- Who is never given a submission: conflict of interest. A row is written when the cause arises, so that pulling asks one
-- small index.

create table task_exclusions (
    submission_id  uuid        not null references submissions (id),
    revision       integer,                           -- absent: of all revisions
    user_id        uuid        not null references users (id),
    reason         text        not null check (reason in ('acquainted', 'party', 'sent', 'undone', 'overruled')),
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
