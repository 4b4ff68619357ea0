//! What must go on holding for everybody who speaks this contract.

#![expect(
    clippy::unwrap_used,
    reason = "a test or measurement that fails says where; its helpers are not test functions"
)]

mod files;
mod fuzz;
mod golden;
mod json_schema;
