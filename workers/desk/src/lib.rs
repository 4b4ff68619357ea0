//! The verifiers' desk: pages and API.
