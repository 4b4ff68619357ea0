-- Who waits for a claim on a birth can be found, so that the first accepted is next and not the first judged.

alter table lookups drop constraint lookups_kind_check;
alter table lookups add constraint lookups_kind_check
    check (kind in ('principal', 'child', 'family', 'mother', 'witness'));

-- Who holds a claim is found the same way. Who waited before this migration is next when it is judged.
insert into lookups (submission_id, kind, hash)
select submission_id, kind, hash from claims where kind = 'child'
on conflict do nothing;
