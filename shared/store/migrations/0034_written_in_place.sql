-- What the chain writes for each submission costs less.

-- Updates in place again (see 0002): an index whose condition names the stage made every step of a submission write all its
-- indexes anew. A column of its own changes only when a submission is returned and when it comes back. It rewrites the
-- table; writers wait meanwhile.
drop index submissions_away;
alter table submissions add column away_since timestamptz
    generated always as (case when stage = 'noticed' and outcome = 'returned' then stage_since end) stored;
create index submissions_away on submissions (away_since) where away_since is not null;

-- Who holds a task of a bundle is found among what is held, however much of the bundle waits.
drop index tasks_bundle;
create index tasks_bundle on tasks (bundle) where state = 'open' and bundle is not null;
create index tasks_bundle_held on tasks (bundle) where state = 'leased' and bundle is not null;
