//! Java's `BigDecimal`, as far as templates meet it: JSON parsers make one of a number with more
//! digits than a `Double` keeps.

use std::fmt;
use std::str::FromStr;

use num_bigint::{BigInt, Sign};

/// `unscaled * 10^-scale`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    unscaled: BigInt,
    scale: i32,
}

/// The largest scale or exponent that is read; beyond it Java would need gigabytes to compute.
const MOST_DIGITS: i64 = 10_000;

/// Text that is no decimal number, or one of absurd length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most 10000 digits")]
pub struct NotDecimal;

impl FromStr for Decimal {
    type Err = NotDecimal;

    /// Reads `-12.50e-3`; the scale is kept, so `1.50` stays `1.50`.
    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().map_err(|_| NotDecimal)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if fraction.starts_with(['+', '-']) || mantissa.len() as i64 > MOST_DIGITS {
            return Err(NotDecimal);
        }
        let unscaled = BigInt::from_str(&format!("{whole}{fraction}")).map_err(|_| NotDecimal)?;
        let scale = fraction.len() as i64 - exponent;
        if scale.abs() > MOST_DIGITS {
            return Err(NotDecimal);
        }
        Ok(Decimal { unscaled, scale: scale as i32 })
    }
}

impl From<&BigInt> for Decimal {
    fn from(value: &BigInt) -> Self {
        Decimal { unscaled: value.clone(), scale: 0 }
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Decimal { unscaled: BigInt::from(value), scale: 0 }
    }
}

impl Decimal {
    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        format!("{}e{}", self.unscaled, -i64::from(self.scale)).parse().unwrap_or(f64::NAN)
    }

    /// The nearest float, which rounding the nearest double may miss.
    pub(crate) fn to_f32(&self) -> f32 {
        format!("{}e{}", self.unscaled, -i64::from(self.scale)).parse().unwrap_or(f32::NAN)
    }

    /// The whole part, towards zero.
    pub fn to_bigint(&self) -> BigInt {
        if self.scale >= 0 {
            &self.unscaled / power(self.scale)
        } else {
            &self.unscaled * power(-self.scale)
        }
    }

    /// The exact value of a double; `None` for infinities and NaN.
    pub(crate) fn exact(value: f64) -> Option<Decimal> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let (mut mantissa, mut exponent) =
            if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
        if mantissa == 0 {
            return Some(Decimal { unscaled: BigInt::ZERO, scale: 0 });
        }
        let zeros = mantissa.trailing_zeros() as i32;
        mantissa >>= zeros;
        exponent += zeros;
        let magnitude = if exponent >= 0 {
            BigInt::from(mantissa) << exponent
        } else {
            BigInt::from(mantissa) * BigInt::from(5).pow(exponent.unsigned_abs())
        };
        let unscaled = if value < 0.0 { -magnitude } else { magnitude };
        Some(Decimal { unscaled, scale: (-exponent).max(0) })
    }

    /// How many bits it takes at most to bring this number to another's scale, or to compute with it.
    pub(crate) fn reach(&self) -> u64 {
        self.unscaled.bits() + 4 * u64::from(self.scale.unsigned_abs())
    }

    /// The digits of the absolute value, and the exponent `e` of `0.digits * 10^e`.
    pub(crate) fn digits(&self) -> (Vec<u8>, i32) {
        if self.is_zero() {
            return (Vec::new(), 0);
        }
        let digits: Vec<u8> = self.unscaled.magnitude().to_radix_be(10);
        let exponent = digits.len() as i32 - self.scale;
        (digits, exponent)
    }

    /// `BigDecimal.toPlainString()`: never an exponent.
    pub(crate) fn to_plain(&self) -> String {
        if self.scale <= 0 {
            return (&self.unscaled * power(-self.scale)).to_string();
        }
        let digits = self.unscaled.magnitude().to_string();
        let sign = if self.unscaled.sign() == Sign::Minus { "-" } else { "" };
        let scale = self.scale as usize;
        let padded = format!("{}{digits}", "0".repeat((scale + 1).saturating_sub(digits.len())));
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.unscaled.sign() == Sign::NoSign
    }

    pub(crate) fn add(&self, other: &Decimal) -> Decimal {
        let (left, right, scale) = aligned(self, other);
        Decimal { unscaled: left + right, scale }
    }

    pub(crate) fn subtract(&self, other: &Decimal) -> Decimal {
        let (left, right, scale) = aligned(self, other);
        Decimal { unscaled: left - right, scale }
    }

    pub(crate) fn multiply(&self, other: &Decimal) -> Decimal {
        Decimal { unscaled: &self.unscaled * &other.unscaled, scale: self.scale + other.scale }
    }

    /// The quotient with this number's scale, halves rounded towards zero, as Velocity divides. The
    /// divisor is not zero.
    pub(crate) fn divide(&self, other: &Decimal) -> Decimal {
        let numerator = if other.scale >= 0 {
            &self.unscaled * power(other.scale)
        } else {
            self.unscaled.clone()
        };
        let denominator = if other.scale >= 0 {
            other.unscaled.clone()
        } else {
            &other.unscaled * power(-other.scale)
        };
        let quotient = &numerator / &denominator;
        let remainder = &numerator - &quotient * &denominator;
        let twice = BigInt::from(2) * BigInt::from(remainder.magnitude().clone());
        let rounded = if twice > BigInt::from(denominator.magnitude().clone()) {
            if numerator.sign() == denominator.sign() { quotient + 1 } else { quotient - 1 }
        } else {
            quotient
        };
        Decimal { unscaled: rounded, scale: self.scale }
    }

    /// Java's `compareTo`: by value, whatever the scales.
    pub fn compare(&self, other: &Decimal) -> std::cmp::Ordering {
        let (left, right, _) = aligned(self, other);
        left.cmp(&right)
    }

    pub(crate) fn hash_code(&self) -> i32 {
        let mut hash: i32 = 0;
        for word in self.unscaled.magnitude().to_u32_digits().iter().rev() {
            hash = hash.wrapping_mul(31).wrapping_add(*word as i32);
        }
        if self.unscaled.sign() == Sign::Minus {
            hash = hash.wrapping_neg();
        }
        hash.wrapping_mul(31).wrapping_add(self.scale)
    }
}

fn power(exponent: i32) -> BigInt {
    BigInt::from(10).pow(exponent.unsigned_abs())
}

fn aligned(left: &Decimal, right: &Decimal) -> (BigInt, BigInt, i32) {
    let scale = left.scale.max(right.scale);
    (
        &left.unscaled * power(scale - left.scale),
        &right.unscaled * power(scale - right.scale),
        scale,
    )
}

impl fmt::Display for Decimal {
    /// Java's `BigDecimal.toString()`: plain while the exponent is small, scientific otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.unscaled.magnitude().to_string();
        let sign = if self.unscaled.sign() == Sign::Minus { "-" } else { "" };
        let scale = i64::from(self.scale);
        let adjusted = digits.len() as i64 - 1 - scale;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        if scale > 0 && adjusted >= -6 {
            let point = digits.len() as i64 - scale;
            return if point > 0 {
                write!(f, "{sign}{}.{}", &digits[..point as usize], &digits[point as usize..])
            } else {
                write!(f, "{sign}0.{}{digits}", "0".repeat(-point as usize))
            };
        }
        let (first, rest) = digits.split_at(1);
        write!(f, "{sign}{first}")?;
        if !rest.is_empty() {
            write!(f, ".{rest}")?;
        }
        if adjusted != 0 { write!(f, "E{adjusted:+}") } else { Ok(()) }
    }
}
