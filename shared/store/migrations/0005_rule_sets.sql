-- Published rules. A set is immutable and kept as long as there are judgements by it; a publication says which sets are
-- in force together, and the latest one counts.

create table rule_sets (
    sha256        bytea       primary key,               -- of the body
    label         text        not null unique,           -- service, versions, overlay, validity: what a person calls it
    body          text        not null,                  -- the effective set as canonical JSON
    published_at  timestamptz not null
);

create table rule_publications (
    id            bigint      generated always as identity primary key,
    published_at  timestamptz not null,
    published_by  text        not null
);

create table rule_publication_sets (
    publication   bigint      not null references rule_publications (id),
    sha256        bytea       not null references rule_sets (sha256),
    primary key (publication, sha256)
);
