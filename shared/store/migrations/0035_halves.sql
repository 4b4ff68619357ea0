-- A double page that was cut in two has, beside the copy of the whole, one of its left and one of its right page. They are no pages of
-- their own: the page keeps its number, its record and its verdict, and both have the type of the whole.
alter table pages
    add column left_sha256  bytea,
    add column right_sha256 bytea,
    add constraint pages_halves_come_in_pairs check ((left_sha256 is null) = (right_sha256 is null)),
    add constraint pages_halves_have_a_whole check (left_sha256 is null or derived_sha256 is not null);
