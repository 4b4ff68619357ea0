-- How often the other side took a delivery, apart from how often it was tried: reminders wait longer with each one that
-- arrived, and a line that failed ten times has reminded nobody.

alter table deliveries add column sends integer not null default 0;

-- Every try of a delivery that came to an end: the record of what an office was told, when, and why not sooner.
create table delivery_tries (
    notice_id  uuid        not null references notices (id),
    channel    text        not null,
    at         timestamptz not null,
    outcome    text        not null check (outcome in ('sent', 'failed', 'given_up')),
    code       text                                  -- why it failed
);
create index delivery_tries_of on delivery_tries (notice_id, at);

-- What is given up on a channel, most of which somebody has to mend.
create index deliveries_failed on deliveries (channel) where state = 'failed';
-- Practice is found by its office to be removed.
create index submissions_practice on submissions (office, received_at) where training;
