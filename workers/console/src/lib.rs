//! The operators' console: pages and API.
