-- Uploads that no submission names are found by their age, and what names them by the hash.

create index blobs_by_age on blobs (uploaded_at);
create index documents_by_file on documents (sha256);
create index revisions_by_form on revisions (form_sha256);
