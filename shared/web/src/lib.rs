//! What the HTTP surfaces share: sessions, API keys, problem details, layout.
