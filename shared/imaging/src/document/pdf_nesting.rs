//! Finds dictionaries that are nested beyond measure, before a parser walks into them.

/// Levels of a dictionary at most. Files of people and programs stay below twenty; the parser gives up at 512, but begins
/// once more at every level, which takes it a minute for a file of half a megabyte.
const MOST: u32 = 256;

/// Returns whether dictionaries outside of streams are nested beyond measure. In one pass, so that it may look at every file;
/// strings are not told apart, since one that never ends would hide what follows it.
pub(crate) fn is_too_deep(bytes: &[u8]) -> bool {
    let (mut at, mut depth) = (0, 0_u32);
    let mut streams_end = true;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let mut word = 1;
        if rest.starts_with(b"<<") {
            (depth, word) = (depth + 1, 2);
        } else if rest.starts_with(b">>") {
            (depth, word) = (depth.saturating_sub(1), 2);
        } else if rest.starts_with(b"endobj") {
            (depth, word) = (0, 6);
        } else if rest.starts_with(b"stream") {
            // Pixels may look like anything.
            let end = streams_end.then(|| end_of_stream(rest)).flatten();
            streams_end = end.is_some();
            (depth, word) = (0, end.unwrap_or(6));
        }
        if depth > MOST {
            return true;
        }
        at += word;
    }
    false
}

/// Returns where the first stream of these bytes is over.
fn end_of_stream(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"endstream";
    bytes.windows(END.len()).position(|word| word == END).map(|at| at + END.len())
}

#[cfg(test)]
mod tests {
    use super::is_too_deep;

    #[test]
    fn dictionaries_in_dictionaries_are_counted_until_they_end() {
        let nested = |levels| ["<< /A ".repeat(levels), " >>".repeat(levels)].concat();
        assert!(!is_too_deep(nested(256).as_bytes()));
        assert!(is_too_deep(nested(257).as_bytes()));
        assert!(!is_too_deep(nested(1).repeat(1_000).as_bytes()), "one after the other");
        assert!(!is_too_deep("1 0 obj << endobj ".repeat(1_000).as_bytes()), "broken, but not deep");
        assert!(is_too_deep(["(", &nested(257)].concat().as_bytes()), "behind a string that never ends");
    }

    #[test]
    fn what_streams_hold_is_no_dictionary() {
        let gray = "<".repeat(10_000);
        let stream = format!("<< /Length 10000 >> stream\n{gray}\nendstream endobj\n");
        assert!(!is_too_deep(stream.repeat(3).as_bytes()));
        assert!(is_too_deep([&stream[..], &gray].concat().as_bytes()));
        assert!(is_too_deep(["stream\n", &gray].concat().as_bytes()), "no stream that ever ends");
    }
}
