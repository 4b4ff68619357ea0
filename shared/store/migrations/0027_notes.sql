-- What a verifier adds to a return or refusal in their own words, for the office. It asks for nothing about a person, but nobody
-- can be sure of that, so it is sealed like facts are. The notice does not hold it: whoever sends or shows one reads it from here.

alter table decisions add column note bytea;
-- Of each pair of eyes, so that it is there when they agree.
alter table looks add column note bytea;
