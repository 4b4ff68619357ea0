-- Uploads that no submission names are found by their age.

alter table blobs add column named boolean not null default false;

update blobs b set named = true
where exists (select from documents d join submissions s on s.id = d.submission_id
              where d.sha256 = b.sha256 and s.office = b.office)
   or exists (select from revisions r join submissions s on s.id = r.submission_id
              where r.form_sha256 = b.sha256 and s.office = b.office);

create index blobs_unnamed on blobs (uploaded_at) where not named;
