//! What must go on holding for everybody who speaks this contract.

mod files;
mod fuzz;
mod golden;
mod json_schema;
