-- How often a roster was changed: the token of whoever changes it next, so that of two who plan at the same time the second is
-- told, and does not undo what the first planned without having seen it.
alter table users add column roster_version bigint not null default 0;

-- Whose shift is over is asked every other second, of the days around now alone.
create index roster_leave_day on roster_leave (day);
create index roster_extra_day on roster_extra (day);
