-- What a verifier has chosen on a task and not sent. It outlives a reload, a dead line and the lease, belongs to whoever made
-- it, and never counts by itself. Codes and ticks only: no free text, nothing of a form.

create table drafts (
    task_id   uuid        not null references tasks (id),
    user_id   uuid        not null references users (id),
    fence     bigint      not null,                 -- of the lease under which it was last written
    body      jsonb       not null,                 -- `{}`: a place kept for what comes after the lease ran out
    saved_at  timestamptz not null,
    primary key (task_id, user_id)
);
create index drafts_of_user on drafts (user_id);
