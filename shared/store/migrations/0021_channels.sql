-- The ways to an office as rows: where to, with which keys, and since when not. The queue needs no address and is on unless
-- a row says otherwise; the inbox is always there and is no row.

create table channels (
    office      text not null references offices (code),
    kind        text not null check (kind in ('amqp', 'webhook', 'mail')),
    address     text,
    secret      text,                                 -- `whsec_…`, Standard Webhooks
    old_secret  text,                                 -- the one before it, which signs too until then
    old_until   timestamptz,
    off_at      timestamptz,
    off_reason  text,                                 -- `gone`: its receiver said so; `operator`
    primary key (office, kind)
);

insert into channels (office, kind, address, secret, off_at, off_reason)
select code, 'webhook', webhook_url, webhook_secret, webhook_off_at, case when webhook_off_at is not null then 'gone' end
from offices where webhook_url is not null;
insert into channels (office, kind, address) select code, 'mail', mail_to from offices where mail_to is not null;

-- What is made for an office. The columns of `offices` are still written, for workers that know only them.
create view channels_on as
    select o.code as office, 'amqp'::text as kind from offices o
    where not exists (select from channels c where c.office = o.code and c.kind = 'amqp' and c.off_at is not null)
    union all
    select c.office, c.kind from channels c where c.kind <> 'amqp' and c.address is not null and c.off_at is null;
