//! Looks for bytes of a text, eight at a time.
//!
//! Most of what a rendering reads are texts without anything special, so what is looked for is
//! compared with a whole word: in a mark, the highest bit of each byte says whether the byte is one.
//! Bytes behind the first marked one may be marked wrongly.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// Marks the bytes that are smaller than one of at most 0x80.
#[inline]
pub(crate) fn less(word: u64, than: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(than)) & !word & HIGH
}

/// Marks the bytes that are equal to one.
#[inline]
pub(crate) fn equal(word: u64, to: u8) -> u64 {
    less(word ^ (ONES * u64::from(to)), 1)
}

/// Marks the bytes of characters beyond ASCII.
#[inline]
pub(crate) fn beyond_ascii(word: u64) -> u64 {
    word & HIGH
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

    #[test]
    fn every_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in 1..20 {
                for at in 0..length {
                    let mut bytes = vec![b'x'; length];
                    bytes[at] = byte;
                    let found = |mark: fn(u64) -> u64| first(&bytes, mark);
                    assert_eq!(found(|word| equal(word, b'"')), (byte == b'"').then_some(at));
                    assert_eq!(found(|word| less(word, b' ')), (byte < b' ').then_some(at));
                    assert_eq!(found(beyond_ascii), (byte > 0x7F).then_some(at));
                }
            }
        }
    }
}
