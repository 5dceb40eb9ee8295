//! DynamoDB's rules for a number, applied to its text.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>

use super::{MAX_DIGITS, Rule};

/// The power of ten of the first significant digit lies between these.
const EXPONENTS: std::ops::RangeInclusive<i64> = -130..=125;

/// Checks a number as JSON writes it (`-12.5`, `1E+3`) and gives its size in an item: a byte for
/// every two significant digits, one more, and one for a minus sign, which is how DynamoDB's
/// documentation approximates it.
///
/// Zeros in front and behind are not significant: DynamoDB drops them too.
pub(super) fn check(text: &str) -> Result<usize, Rule> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let well_formed = is_digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| {
            is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
        });
    if !well_formed {
        return Err(Rule::Number);
    }

    let digits = whole.bytes().chain(fraction.unwrap_or_default().bytes());
    let mut nonzero = digits.enumerate().filter(|(_, digit)| *digit != b'0');
    let Some((first, _)) = nonzero.next() else {
        return Ok(1);
    };
    let last = nonzero.last().map_or(first, |(index, _)| index);
    let significant = last - first + 1;
    if significant > MAX_DIGITS {
        return Err(Rule::Digits);
    }
    let power = place(whole.len(), first).saturating_add(exponent.map_or(0, parse_exponent));
    if !EXPONENTS.contains(&power) {
        return Err(Rule::Magnitude);
    }
    Ok(significant.div_ceil(2) + 1 + usize::from(negative))
}

/// The power of ten of the digit at `index` behind a whole part of `whole` digits.
fn place(whole: usize, index: usize) -> i64 {
    let signed = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    signed(whole) - 1 - signed(index)
}

/// The exponent, or a number far beyond every limit if it does not fit.
fn parse_exponent(text: &str) -> i64 {
    let limit = if text.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    text.parse::<i64>().map_or(limit, |exponent| exponent.clamp(i64::MIN / 2, i64::MAX / 2))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
