//! Plain types of the office: ids, the stage machine, NIK and KK, reason codes, office time.
