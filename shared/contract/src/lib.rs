//! What goes over the wire: messages, names of exchanges, queues and keys, their schemas.
