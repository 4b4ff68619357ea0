//! Bytes in, a normalized page and a quality verdict out.
