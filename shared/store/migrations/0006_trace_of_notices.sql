-- The `traceparent` of what made the notice, so that an office's program can go on with the same trace.

alter table notices add column trace text;
