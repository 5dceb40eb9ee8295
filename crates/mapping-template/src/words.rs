//! Looks for bytes of a text, eight at a time.
//!
//! Most of what a rendering reads are texts without anything special, so what is looked for is
//! compared with a whole word: in a mark, the highest bit of each byte says whether the byte is one.
//! Bytes behind the first marked one may be marked wrongly.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Marks the ASCII bytes that are smaller than one of at most 0x80. What it says of other bytes is
/// for [`ascii`] and [`ascii_or_beyond`] to overrule, which is cheaper once than for each mark.
#[inline]
pub(crate) fn less(word: u64, than: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(than))
}

/// Marks the ASCII bytes that are equal to one; see [`less`].
#[inline]
pub(crate) fn equal(word: u64, to: u8) -> u64 {
    less(word ^ (ONES * u64::from(to)), 1)
}

/// The marks of ASCII bytes alone.
#[inline]
pub(crate) fn ascii(word: u64, marks: u64) -> u64 {
    marks & !word & HIGH
}

/// The marks of ASCII bytes, and one for every byte of a character beyond.
#[inline]
pub(crate) fn ascii_or_beyond(word: u64, marks: u64) -> u64 {
    (marks | word) & HIGH
}

/// The first byte that is marked.
#[inline(always)]
pub(crate) fn first(bytes: &[u8], mark: impl Fn(u64) -> u64) -> Option<usize> {
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk() {
        let marked = mark(u64::from_le_bytes(*word));
        if marked != 0 {
            return Some(bytes.len() - rest.len() + marked.trailing_zeros() as usize / 8);
        }
        rest = behind;
    }
    let at = mark(last_word(rest)).trailing_zeros() as usize / 8;
    (at < rest.len()).then_some(bytes.len() - rest.len() + at)
}

/// What is left of a text behind its whole words. Not inlined: the loop above is faster if all that
/// it needs stays in registers.
#[inline(never)]
fn last_word(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks for one byte among others, of which it may be the first that is marked.
    fn find(byte: u8, others: u8, at: usize, length: usize, mark: fn(u64) -> u64) -> Option<usize> {
        let mut bytes = vec![others; length];
        bytes[at] = byte;
        first(&bytes, mark)
    }

    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        let places = || (1..20).flat_map(|length| (0..length).map(move |at| (at, length)));
        for (byte, (at, length)) in
            (0..=u8::MAX).flat_map(|byte| places().map(move |at| (byte, at)))
        {
            for others in [b'x', 0x80, 0xFF] {
                let found = |mark: fn(u64) -> u64| find(byte, others, at, length, mark);
                assert_eq!(
                    found(|word| ascii(word, equal(word, b'"'))),
                    (byte == b'"').then_some(at)
                );
                assert_eq!(
                    found(|word| ascii(word, less(word, b' '))),
                    (byte < b' ').then_some(at)
                );
            }
            assert_eq!(
                find(byte, b'x', at, length, |word| ascii_or_beyond(word, less(word, b' '))),
                (!(b' '..=0x7F).contains(&byte)).then_some(at)
            );
        }
    }
}
