-- The spine: offices and people, submissions and their revisions, due work, human tasks, decisions, notices.
-- Codes (stage, step, outcome …) are text with one spelling, the `as_str` of the enum in `berkas-domain`.

-- Where submissions come from: a tree, a desa below its kecamatan.
create table offices (
    code            text primary key,
    name            text        not null,
    parent          text references offices (code),
    mode            text        not null check (mode in ('live', 'training', 'stopped')),
    webhook_url     text,
    webhook_secret  text,                            -- `whsec_…`, Standard Webhooks
    webhook_off_at  timestamptz                      -- set when the receiver answered 410
);

create table api_keys (
    id          uuid primary key,
    office      text        not null references offices (code),
    label       text        not null,
    key_hash    bytea       not null unique,         -- SHA-256 of 256 random bits
    created_at  timestamptz not null,
    revoked_at  timestamptz
);

create table users (
    id             uuid primary key,
    login          text        not null unique,
    display_name   text        not null,
    role           text        not null check (role in ('verifier', 'supervisor', 'operator', 'viewer')),
    password_hash  text        not null,             -- argon2id, PHC string
    services       text[]      not null,             -- what a verifier is competent for
    capacity       integer     not null default 10,  -- tasks held at once
    training       boolean     not null default false, -- belongs to the trainers' pool
    on_duty        boolean     not null default true,
    created_at     timestamptz not null,
    disabled_at    timestamptz
);

create table sessions (
    id_hash       bytea primary key,                 -- SHA-256 of the cookie
    user_id       uuid        not null references users (id),
    created_at    timestamptz not null,
    last_seen_at  timestamptz not null,
    expires_at    timestamptz not null
);

-- Tries to sign in, so that guessing is slow; the key is a hash of a login, of an address or of both.
create table login_tries (
    key    bytea primary key,
    tries  integer     not null,
    since  timestamptz not null                      -- when the present window began
);

-- What was uploaded, by content; the bytes are in the object store.
create table blobs (
    office       text        not null references offices (code),
    sha256       bytea       not null,
    size         bigint      not null,
    media_type   text        not null,
    uploaded_at  timestamptz not null,
    primary key (office, sha256)
);

-- One dossier over all its revisions.
create table submissions (
    id                   uuid primary key,
    office               text        not null references offices (code),
    sender_id            uuid        not null,        -- the sender's own id
    registration_number  text        not null unique,
    service              text        not null,
    case_code            text        not null,
    training             boolean     not null,        -- the office's mode when it was accepted
    stage                text        not null,
    generation           bigint      not null,
    revision             integer     not null,
    parked               boolean     not null default false,
    outcome              text,                        -- of the live decision on the present revision
    next_sequence        bigint      not null default 2, -- of what is sent to the office; `accepted` was 1
    received_at          timestamptz not null,
    stage_since          timestamptz not null,
    due_at               timestamptz not null,
    unique (office, sender_id)
);
create index submissions_by_stage on submissions (stage, stage_since) where not parked;

-- Append-only: what was accepted, once for each revision.
create table receipts (
    submission_id  uuid        not null,
    revision       integer     not null,
    office         text        not null,
    sender_id      uuid        not null,
    manifest_hash  bytea       not null,
    door           text        not null check (door in ('amqp', 'http')),
    received_at    timestamptz not null,
    primary key (submission_id, revision),
    unique (office, sender_id, revision)
);
create index receipts_by_time on receipts (received_at);

create table revisions (
    submission_id  uuid        not null references submissions (id),
    revision       integer     not null,
    form_sha256    bytea       not null,
    facts          bytea,                             -- sealed, when a key is set
    sent_by        text,                              -- the office's own opaque id of its clerk
    primary key (submission_id, revision)
);

create table documents (
    submission_id  uuid     not null,
    revision       integer  not null,
    ordinal        smallint not null,                 -- the place in the form's list, from 0
    kind           text     not null,
    of_role        text,
    sha256         bytea    not null,
    size           bigint   not null,
    media_type     text     not null,
    primary key (submission_id, revision, ordinal),
    foreign key (submission_id, revision) references revisions (submission_id, revision)
);

-- The last serial given out, for each office and day.
create table registration_serials (
    office  text    not null references offices (code),
    day     date    not null,
    last    integer not null,
    primary key (office, day)
);

-- A file as the normalizer saw it; `error` when it could not be opened at all.
create table scans (
    office      text        not null,
    sha256      bytea       not null,
    normalizer  text        not null,
    pages       integer     not null,
    error       text,
    scanned_at  timestamptz not null,
    primary key (office, sha256, normalizer)
);

-- Stored as they are made, so that a killed worker goes on where it was; reused by hash in later revisions.
create table pages (
    office          text        not null,
    sha256          bytea       not null,             -- of the original
    normalizer      text        not null,
    page            integer     not null,             -- from 1
    derived_sha256  bytea,                            -- absent when the page failed
    derived_type    text,
    preview_sha256  bytea,
    report          jsonb       not null,             -- measures and verdict; nothing that was read off the page
    primary key (office, sha256, normalizer, page)
);

create table judgements (
    submission_id  uuid        not null,
    revision       integer     not null,
    body           jsonb       not null,              -- outcome, rule set, findings, checklist: codes, never values
    judged_at      timestamptz not null,
    primary key (submission_id, revision)
);

-- Due work: outbox and ledger in one. Inserted by the transaction that makes the work due, deleted by the one that
-- does it.
create table due (
    submission_id  uuid        not null references submissions (id),
    generation     bigint      not null,
    step           text        not null,
    attempts       integer     not null,
    not_before     timestamptz not null,
    published_at   timestamptz,
    publishes      integer     not null default 0,
    trace          text,                              -- traceparent
    created_at     timestamptz not null,
    primary key (submission_id, generation)
);
create index due_unpublished on due (not_before) where published_at is null;
create index due_published on due (published_at) where published_at is not null;

-- Attempts that run alone; a row that nobody closed and nobody holds the lock of is a crash.
create table attempts (
    id             uuid primary key,
    submission_id  uuid        not null,
    generation     bigint      not null,
    worker         text        not null,
    started_at     timestamptz not null
);
create index attempts_of on attempts (submission_id, generation);

-- Work that retries did not cure, and messages that no worker can read.
create table parked (
    id             uuid primary key,
    submission_id  uuid references submissions (id),
    step           text,
    source         text        not null,              -- the queue or step it came from
    code           text        not null,
    detail         text        not null,              -- for the operator; never a value from a form or a message
    body           bytea,                             -- of an unreadable message: truncated, sealed when a key is set
    body_hash      bytea,
    parked_at      timestamptz not null,
    resolved_at    timestamptz,
    resolution     text,
    resolved_by    text
);
create unique index parked_open on parked (submission_id) where resolved_at is null and submission_id is not null;
-- The same unreadable message is parked once, until somebody has dealt with it.
create unique index parked_message on parked (body_hash) where resolved_at is null and body_hash is not null;
create index parked_listing on parked (parked_at) where resolved_at is null;

-- Human work.
create table tasks (
    id             uuid primary key,
    submission_id  uuid        not null references submissions (id),
    revision       integer     not null,
    office         text        not null,
    service        text        not null,
    training       boolean     not null,
    state          text        not null check (state in ('open', 'leased', 'decided', 'closed')),
    preferred      uuid references users (id),         -- least loaded on duty when it entered the pool
    assignee       uuid references users (id),
    fence          bigint      not null default 0,     -- the fencing token: one more at every lease
    lease_until    timestamptz,
    due_at         timestamptz not null,
    entered_at     timestamptz not null,
    unique (submission_id, revision)
);
create index tasks_pool on tasks (training, due_at, entered_at) where state = 'open';
create index tasks_leased on tasks (lease_until) where state = 'leased';
create index tasks_held on tasks (assignee) where state = 'leased';

create table document_verdicts (
    task_id    uuid     not null references tasks (id),
    ordinal    smallint not null,
    verdict    text     not null check (verdict in ('valid', 'not_valid', 'judge_again')),
    codes      text[]   not null,
    page       integer,
    judged_at  timestamptz not null,
    judged_by  uuid     not null references users (id),
    primary key (task_id, ordinal)
);

-- Append-only but for the undo mark: one live decision for each revision.
create table decisions (
    id             uuid primary key,
    submission_id  uuid        not null references submissions (id),
    revision       integer     not null,
    outcome        text        not null,
    reasons        jsonb       not null,              -- coded, per document and page
    decided_by     uuid references users (id),        -- absent: by the rules
    decided_at     timestamptz not null,
    undone_at      timestamptz,
    undone_by      uuid references users (id)
);
create unique index decisions_live on decisions (submission_id, revision) where undone_at is null;
create index decisions_by_time on decisions (decided_at);
create index decisions_of_user on decisions (decided_by, decided_at) where undone_at is null;

-- What an office is owed: `accepted`, `rejected`, decisions. One row for each decision.
create table notices (
    id               uuid primary key,
    office           text        not null references offices (code),
    submission_id    uuid references submissions (id),
    revision         integer     not null,
    sequence         bigint,                          -- of what is sent for the submission, from 1
    decision_id      uuid unique references decisions (id),
    type             text        not null,            -- the type of the message
    data             jsonb       not null,            -- its data
    dedup            bytea unique,                    -- of a rejection: one for each thing rejected
    created_at       timestamptz not null,
    acknowledged_at  timestamptz,
    unique (submission_id, sequence)
);
create index notices_of_office on notices (office, created_at);
create index notices_owed on notices (office) where acknowledged_at is null;
-- Decisions that nobody acknowledged; other answers need no acknowledgement and would fill it.
create index notices_unread on notices (created_at) where acknowledged_at is null and decision_id is not null;

create table deliveries (
    notice_id    uuid        not null references notices (id),
    channel      text        not null check (channel in ('amqp', 'webhook')),
    state        text        not null check (state in ('pending', 'sending', 'sent', 'acknowledged', 'failed')),
    attempts     integer     not null default 0,
    not_before   timestamptz not null,
    lease_until  timestamptz,
    sent_at      timestamptz,
    last_error   text,
    primary key (notice_id, channel)
);
-- What is to be sent; the sent ones, most of which stay so for ever, are not looked through every time.
create index deliveries_ready on deliveries (channel, not_before) where state in ('pending', 'sending');

-- Append-only: every stage every submission entered; rates and waiting times are read off it.
create table stage_log (
    submission_id  uuid        not null,
    generation     bigint      not null,
    revision       integer     not null,
    from_stage     text,
    stage          text        not null,
    waited_ms      bigint      not null,              -- in the stage before
    at             timestamptz not null,
    primary key (submission_id, generation)
);
create index stage_log_by_time on stage_log (at);

-- Append-only: who did or saw what.
create table audit (
    id       uuid primary key,
    at       timestamptz not null,
    actor    text        not null,                    -- `user:<id>`, `office:<code>`, `operator`, `system`
    action   text        not null,
    subject  text        not null,                    -- an id
    detail   jsonb       not null default '{}'
);
create index audit_by_subject on audit (subject, at);
