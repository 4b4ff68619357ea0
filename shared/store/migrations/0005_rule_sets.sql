-- Published rules. A set is immutable and kept as long as there are judgements by it; a publication says which sets are
-- in force together, and the latest one counts.

create table rule_sets (
    sha256        bytea       primary key,               -- of the body
    label         text        not null,                  -- service, versions, overlay: what a person calls it
    content       bytea       not null,                  -- hash of what it says, whenever it is in force
    body          text        not null,                  -- the effective set as canonical JSON
    published_at  timestamptz not null
);
create index rule_sets_by_label on rule_sets (label);

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
