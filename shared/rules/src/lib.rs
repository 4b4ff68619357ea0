//! Completeness as data: a rule set and facts in, findings out.
