-- The counter has scanned it twice again and it stays hard to read: a person decides about its legibility.

alter table documents add column flagged boolean not null default false;
