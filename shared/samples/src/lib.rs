//! Fictional dossiers with ground truth: filled papers, rendered and degraded.
