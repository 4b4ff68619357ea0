-- How long a worker was at it, beside how long the submission was in the stage: the rest is waiting. Of the attempt that
-- succeeded; absent where a person moved it on, and before this migration.

alter table stage_log add column worked_ms bigint;
