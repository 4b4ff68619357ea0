-- The `traceparent` goes with the work while a person has it, so that a case stays one trace.

alter table tasks add column trace text;
alter table parked add column trace text;
