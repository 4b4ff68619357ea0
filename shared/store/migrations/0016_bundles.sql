-- What one family asks for together goes to one person: the keyed hash of the family card's number, as `lookups` has it.

alter table tasks add column bundle bytea;
create index tasks_bundle on tasks (bundle) where state in ('open', 'leased') and bundle is not null;
