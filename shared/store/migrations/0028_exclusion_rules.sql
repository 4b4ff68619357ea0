-- Whom a rule of the office keeps from what. The settings say it; the role that keeps the pool writes it here when it
-- starts, so that whatever enters the pool is held against it.

create table exclusion_rules (
    user_id    uuid not null references users (id),
    office     text,                                  -- absent: of all; a kecamatan stands for its desa
    service    text,
    case_code  text,
    reason     text not null,
    unique nulls not distinct (user_id, office, service, case_code, reason)
);

-- What a rule says stands beside what somebody declared or did, and goes with the rule.
alter table task_exclusions add column by_rule boolean not null default false;
alter table task_exclusions
    drop constraint task_exclusions_submission_id_user_id_revision_key,
    add constraint task_exclusions_once unique nulls not distinct (submission_id, user_id, revision, by_rule),
    drop constraint task_exclusions_reason_check,
    add constraint task_exclusions_reason_check check (reason in (
        'acquainted', 'party', 'sent', 'undone', 'under_review', 'overruled',
        'lives_there', 'registered_there', 'worked_there', 'family_there', 'office_rule'));
create index task_exclusions_by_rule on task_exclusions (user_id) where by_rule;

-- Whom the rules keep from which submission.
create view ruled_out as
    select s.id as submission_id, s.live, x.user_id, x.reason
    from submissions s join offices o on o.code = s.office
    join exclusion_rules x on (x.office is null or x.office = o.code or x.office = o.parent)
         and (x.service is null or x.service = s.service) and (x.case_code is null or x.case_code = s.case_code);
