//! The desk in Debian's Chromium, through a real listener and a real database. Where Chromium or its driver is not installed,
//! each test says so and ends; `scripts/install-deps tests` says it too, where it cannot be installed.

mod accessibility;
mod budget;
mod chromium;
mod jump;
mod keyboard;
mod keys;
mod lease;
mod line;
mod lock;
mod next;
mod note;
mod queue;
mod site;
mod verdicts;
mod viewer;
