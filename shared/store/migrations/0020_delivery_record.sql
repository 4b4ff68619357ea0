-- How often the other side took a delivery, apart from how often it was tried: reminders wait longer with each one that
-- arrived, and a line that failed ten times has reminded nobody.

alter table deliveries add column sends integer not null default 0;
