//! W3C trace context (<https://www.w3.org/TR/trace-context/>), version 00: the `traceparent` header of a message.

use std::fmt;

use uuid::Uuid;

/// A place in a trace: what a message carries, so that the work it asks for can be linked to what asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    /// The span this one is linked to; not part of the header.
    linked: Option<u64>,
    sampled: bool,
}

/// A text that is no `traceparent` of a version this program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a `traceparent`")]
pub struct InvalidTraceparent;

impl TraceContext {
    /// Begins a new trace.
    #[must_use]
    pub fn begin() -> Self {
        Self { trace_id: Uuid::new_v4().as_u128(), span_id: new_span_id(), linked: None, sampled: true }
    }

    /// A new span of the same trace, linked to this one.
    #[must_use]
    pub fn follow(&self) -> Self {
        Self { span_id: new_span_id(), linked: Some(self.span_id), ..*self }
    }

    /// Goes on from a message's header; a missing or malformed one begins a new trace, as the standard asks.
    #[must_use]
    pub fn continue_from(traceparent: Option<&str>) -> Self {
        let sent = traceparent.and_then(|text| text.parse::<Self>().ok());
        sent.map_or_else(Self::begin, |sender| sender.follow())
    }

    /// The trace's id, 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> impl fmt::Display + use<> {
        Hex { value: self.trace_id, digits: 32 }
    }

    /// The span's id, 16 hexadecimal digits.
    #[must_use]
    pub fn span_id(&self) -> impl fmt::Display + use<> {
        Hex { value: self.span_id.into(), digits: 16 }
    }

    /// The id of the span that this one is linked to.
    #[must_use]
    pub fn linked_span_id(&self) -> Option<impl fmt::Display + use<>> {
        self.linked.map(|id| Hex { value: id.into(), digits: 16 })
    }
}

/// Eight random bytes, not all zero. A version 4 UUID is never zero in its first half: it holds the version.
pub(super) fn new_span_id() -> u64 {
    Uuid::new_v4().as_u64_pair().0
}

struct Hex {
    value: u128,
    digits: usize,
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.value, width = self.digits)
    }
}

impl fmt::Display for TraceContext {
    /// Writes the header: `00-<trace id>-<span id>-<flags>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

impl std::str::FromStr for TraceContext {
    type Err = InvalidTraceparent;

    /// Reads a header. A later version is read by the part it shares with this one, as the standard asks.
    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        let mut parts = text.split('-');
        let mut next = || parts.next().ok_or(InvalidTraceparent);
        let (version, trace_id, span_id, flags) = (next()?, next()?, next()?, next()?);
        let is_version_00 = hex(version, 2)? == 0;
        let (trace_id, span_id, flags) = (hex(trace_id, 32)?, hex(span_id, 16)?, hex(flags, 2)?);
        let has_more = parts.next().is_some();
        if version == "ff" || trace_id == 0 || span_id == 0 || (is_version_00 && has_more) {
            return Err(InvalidTraceparent);
        }
        let span_id = u64::try_from(span_id).map_err(|_| InvalidTraceparent)?;
        Ok(Self { trace_id, span_id, linked: None, sampled: flags & 1 == 1 })
    }
}

/// Reads exactly `digits` lower-case hexadecimal digits.
fn hex(text: &str, digits: usize) -> Result<u128, InvalidTraceparent> {
    let is_lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if text.len() != digits || !text.bytes().all(is_lower_hex) {
        return Err(InvalidTraceparent);
    }
    u128::from_str_radix(text, 16).map_err(|_| InvalidTraceparent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn the_example_of_the_standard_reads_back() {
        let context: TraceContext = GOOD.parse().unwrap();
        assert_eq!(context.to_string(), GOOD);
        assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(context.span_id().to_string(), "00f067aa0ba902b7");
    }

    #[test]
    fn a_later_version_is_read_by_its_known_part() {
        let later = format!("{}-extra", GOOD.replacen("00", "01", 1));
        assert_eq!(later.parse::<TraceContext>().unwrap().to_string(), GOOD);
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "",
            "00",
            &GOOD[..54],
            &format!("{GOOD}-extra"),
            &GOOD.to_uppercase(),
            &GOOD.replacen("00", "ff", 1),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-+bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(wrong.parse::<TraceContext>(), Err(InvalidTraceparent), "{wrong}");
        }
    }

    #[test]
    fn a_follower_shares_the_trace_and_is_linked() {
        let sender: TraceContext = GOOD.parse().unwrap();
        let follower = TraceContext::continue_from(Some(GOOD));
        assert_eq!(follower.trace_id().to_string(), sender.trace_id().to_string());
        assert_ne!(follower.span_id().to_string(), sender.span_id().to_string());
        assert_eq!(follower.linked_span_id().unwrap().to_string(), sender.span_id().to_string());
    }

    #[test]
    fn without_a_usable_header_a_new_trace_begins() {
        let (first, second) = (TraceContext::continue_from(None), TraceContext::continue_from(Some("x")));
        assert!(first.linked_span_id().is_none() && second.linked_span_id().is_none());
        assert_ne!(first.trace_id().to_string(), second.trace_id().to_string());
        assert!(first.to_string().parse::<TraceContext>().is_ok());
    }
}
