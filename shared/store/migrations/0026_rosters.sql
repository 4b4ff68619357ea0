-- When a verifier is on duty: a plan for the week, and days on which it is otherwise. Minutes count from midnight by the clock on
-- the office wall; a shift that ends when or before it begins ends on the next day. Who has no rows here is always expected.
create table roster_shifts (
    user_id      uuid     not null references users (id),
    weekday      smallint not null check (weekday between 1 and 7),   -- 1 is Monday
    from_minute  smallint not null check (from_minute between 0 and 1439),
    to_minute    smallint not null check (to_minute between 0 and 1439),
    primary key (user_id, weekday, from_minute, to_minute)
);

-- Days on which the plan does not count: leave.
create table roster_leave (
    user_id  uuid not null references users (id),
    day      date not null,
    primary key (user_id, day)
);

-- Shifts of one day alone.
create table roster_extra (
    user_id      uuid     not null references users (id),
    day          date     not null,
    from_minute  smallint not null check (from_minute between 0 and 1439),
    to_minute    smallint not null check (to_minute between 0 and 1439),
    primary key (user_id, day, from_minute, to_minute)
);

-- Since when somebody is on duty: the end of a shift ends it only when it began before. Absent for who was on duty before this
-- column was there.
alter table users add column duty_since timestamptz;
