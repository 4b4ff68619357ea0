-- What other submissions are asked about, by keyed hashes: no NIK can be read off them without the master key. What was
-- accepted before this migration is not found by look-ups.

create table lookups (
    submission_id  uuid   not null references submissions (id),
    kind           text   not null check (kind in ('principal', 'family', 'mother', 'witness')),
    hash           bytea  not null,
    day            date,                             -- of the birth, for `mother`
    primary key (submission_id, kind, hash)
);
create index lookups_by_hash on lookups (hash);

-- One submission at a time may ask for the same thing: the first that is accepted, until it is over.
create table claims (
    training       boolean not null,
    kind           text    not null,                 -- a service: a request for one person; `child`: a birth
    hash           bytea   not null,
    submission_id  uuid    not null references submissions (id),
    primary key (training, kind, hash)
);
create index claims_of on claims (submission_id);

-- Where a file was used, the earliest first.
create index documents_by_file on documents (sha256, submission_id);

-- `revisions.facts` holds what a revision was first judged by beside its form: the verdicts on its pages and what the
-- look-ups found, sealed.
