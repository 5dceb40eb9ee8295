//! `Double.toString` as Java up to 18 prints it.
//!
//! Those releases do not print the shortest digits: `2.0E23` comes out as `1.9999999999999998E23`.
//! Templates see that text, so the arithmetic of Java's `FloatingDecimal` is repeated here, its
//! three widths and their overflow rules included: a width decides when a digit counts as enough.

use num_bigint::BigInt;

const FRACTION_BITS: i32 = 52;
const EXPONENT_BIAS: i32 = 1023;
/// Binary exponents up to this one are printed as 64-bit integers if they have no fraction.
const LARGEST_SMALL_EXPONENT: i32 = 62;
const SMALLEST_SMALL_EXPONENT: i32 = -21;

/// Appends `value` as Java prints it.
pub(crate) fn print(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        return out.push_str("Infinity");
    }
    if value == 0.0 {
        return out.push_str("0.0");
    }
    let (digits, exponent) = decimal_digits(value.abs());
    layout(&digits, exponent, out);
}

/// Writes `0.digits * 10^exponent` plainly or scientifically, by Java's rules for size.
fn layout(digits: &[u8], exponent: i32, out: &mut String) {
    let push = |out: &mut String, digits: &[u8]| {
        out.extend(digits.iter().map(|digit| char::from(b'0' + digit)))
    };
    let fraction = |out: &mut String, digits: &[u8]| {
        if digits.is_empty() {
            out.push('0');
        } else {
            push(out, digits);
        }
    };
    if exponent > 0 && exponent < 8 {
        let whole = (exponent as usize).min(digits.len());
        push(out, &digits[..whole]);
        out.extend(std::iter::repeat_n('0', exponent as usize - whole));
        out.push('.');
        fraction(out, &digits[whole..]);
    } else if exponent <= 0 && exponent > -3 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -exponent as usize));
        push(out, digits);
    } else {
        push(out, &digits[..1]);
        out.push('.');
        fraction(out, &digits[1..]);
        out.push('E');
        out.push_str(&(exponent - 1).to_string());
    }
}

/// The digits and exponent that Java prints for a positive finite number.
pub(crate) fn decimal_digits(value: f64) -> (Vec<u8>, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = (bits >> FRACTION_BITS) as i32;
    if exponent == 0 {
        let zeros = fraction.leading_zeros() as i32;
        let shift = zeros - (63 - FRACTION_BITS);
        return digits_of(fraction << shift, 1 - shift - EXPONENT_BIAS, 64 - zeros);
    }
    digits_of(fraction | (1 << FRACTION_BITS), exponent - EXPONENT_BIAS, FRACTION_BITS + 1)
}

/// Appends a float as Java prints it.
pub(crate) fn print_float(value: f32, out: &mut String) {
    if !value.is_finite() || value == 0.0 {
        return print(f64::from(value), out);
    }
    if value < 0.0 {
        out.push('-');
    }
    // Every float is a double with more zeros; what differs is how many of its bits count.
    let bits = f64::from(value).abs().to_bits();
    let exponent = (bits >> FRACTION_BITS) as i32 - EXPONENT_BIAS;
    let fraction = bits & ((1 << FRACTION_BITS) - 1) | (1 << FRACTION_BITS);
    let significant = (exponent + 150).min(24);
    let (digits, exponent) = digits_of(fraction, exponent, significant);
    layout(&digits, exponent, out);
}

/// The digits of a fraction of 53 bits, of which the first `significant` count.
fn digits_of(mut fraction: u64, exponent: i32, significant: i32) -> (Vec<u8>, i32) {
    let trailing = fraction.trailing_zeros() as i32;
    let fraction_bits = FRACTION_BITS + 1 - trailing;
    let tiny_bits = (fraction_bits - exponent - 1).max(0);
    if (SMALLEST_SMALL_EXPONENT..=LARGEST_SMALL_EXPONENT).contains(&exponent) && tiny_bits == 0 {
        let dropped = if exponent > significant {
            f64::from(exponent - significant - 1) * std::f64::consts::LOG10_2
        } else {
            0.0
        };
        let whole = if exponent >= FRACTION_BITS {
            fraction << (exponent - FRACTION_BITS)
        } else {
            fraction >> (FRACTION_BITS - exponent)
        };
        return integer_digits(whole, dropped as u32);
    }

    let estimate = estimated_exponent(fraction, exponent);
    let b5 = (-estimate).max(0);
    let mut b2 = b5 + tiny_bits + exponent;
    let s5 = estimate.max(0);
    let mut s2 = s5 + tiny_bits;
    let mut m2 = b2 - significant;
    fraction >>= trailing;
    b2 -= fraction_bits - 1;
    let common = b2.min(s2);
    b2 -= common;
    s2 -= common;
    m2 -= common;
    // A power of two has a nearer neighbour below than above.
    if fraction_bits == 1 {
        m2 -= 1;
    }
    if m2 < 0 {
        b2 -= m2;
        s2 -= m2;
        m2 = 0;
    }
    let state = Scaled {
        fraction,
        b5: b5 as u32,
        b2: b2 as u32,
        s5: s5 as u32,
        s2: s2 as u32,
        m2: m2 as u32,
    };
    let b_bits = fraction_bits + b2 + bits_of_power_of_5(b5);
    let ten_s_bits = s2 + 1 + bits_of_power_of_5(s5 + 1);
    if b_bits < 64 && ten_s_bits < 64 {
        if b_bits < 32 && ten_s_bits < 32 {
            narrow_digits(&state, estimate)
        } else {
            wide_digits(&state, estimate)
        }
    } else {
        big_digits(&state, estimate)
    }
}

/// The number is `fraction * 5^b5 * 2^b2` over `5^s5 * 2^s2`; half a unit in its last place is
/// `5^b5 * 2^m2` over the same.
struct Scaled {
    fraction: u64,
    b5: u32,
    b2: u32,
    s5: u32,
    s2: u32,
    m2: u32,
}

fn bits_of_power_of_5(power: i32) -> i32 {
    // Java tabulates the exact values up to 5^26 and overestimates beyond.
    if power < 27 {
        if power == 0 { 0 } else { 5u64.pow(power as u32).ilog2() as i32 + 1 }
    } else {
        power * 3
    }
}

#[allow(clippy::approx_constant, reason = "Java writes it with these digits, and they decide")]
fn estimated_exponent(fraction: u64, exponent: i32) -> i32 {
    let mantissa =
        f64::from_bits((1023 << FRACTION_BITS) | (fraction & ((1 << FRACTION_BITS) - 1)));
    let estimate = (mantissa - 1.5) * 0.289_529_654
        + 0.176_091_259
        + f64::from(exponent) * 0.301_029_995_663_981;
    estimate.floor() as i32
}

/// The digits of an integer, of which the last `dropped` carry no information.
fn integer_digits(mut value: u64, dropped: u32) -> (Vec<u8>, i32) {
    let mut exponent = 0;
    if dropped > 0 {
        let unit = 10u64.pow(dropped);
        let rest = value % unit;
        value /= unit;
        exponent += dropped as i32;
        if rest >= unit >> 1 {
            value += 1;
        }
    }
    while value > 0 && value.is_multiple_of(10) {
        value /= 10;
        exponent += 1;
    }
    let digits: Vec<u8> = value.to_string().bytes().map(|digit| digit - b'0').collect();
    exponent += digits.len() as i32;
    (digits, exponent)
}

macro_rules! machine_digits {
    ($name:ident, $int:ty) => {
        /// Generates digits in machine integers, which wrap where Java's wrap.
        fn $name(state: &Scaled, estimate: i32) -> (Vec<u8>, i32) {
            let power = |exponent: u32| (5 as $int).wrapping_pow(exponent);
            let mut b =
                (state.fraction as $int).wrapping_mul(power(state.b5)).wrapping_shl(state.b2);
            let s = power(state.s5).wrapping_shl(state.s2);
            let mut m = power(state.b5).wrapping_shl(state.m2);
            let tens = s.wrapping_mul(10);
            let next = |b: &mut $int, m: &mut $int| {
                let digit = (*b / s) as u8;
                *b = (*b % s).wrapping_mul(10);
                *m = m.wrapping_mul(10);
                digit
            };
            let first = next(&mut b, &mut m);
            let mut low = b < m;
            let mut high = b.wrapping_add(m) > tens;
            let mut run = Digits::start(first, high, estimate);
            if run.wants_more() {
                (low, high) = (false, false);
            }
            while !low && !high {
                let digit = next(&mut b, &mut m);
                if m > 0 {
                    low = b < m;
                    high = b.wrapping_add(m) > tens;
                } else {
                    // `m` has overflowed: it is larger than anything here.
                    (low, high) = (true, true);
                }
                run.digits.push(digit);
            }
            run.finish(low, high, b.wrapping_shl(1).wrapping_sub(tens).cmp(&0))
        }
    };
}

machine_digits!(narrow_digits, i32);
machine_digits!(wide_digits, i64);

fn big_digits(state: &Scaled, estimate: i32) -> (Vec<u8>, i32) {
    let power = |five: u32, two: u32| BigInt::from(5).pow(five) << two;
    let s = power(state.s5, state.s2);
    let tens = &s * 10;
    let mut b = BigInt::from(state.fraction) * power(state.b5, state.b2);
    let mut m = power(state.b5, state.m2) * 10;
    let next = |b: &mut BigInt| {
        let quotient = &*b / &s;
        *b = (&*b - &quotient * &s) * 10;
        u8::try_from(quotient).unwrap_or(0)
    };
    let first = next(&mut b);
    let mut low = b < m;
    let mut high = tens <= &b + &m;
    let mut run = Digits::start(first, high, estimate);
    if run.wants_more() {
        (low, high) = (false, false);
    }
    while !low && !high {
        let digit = next(&mut b);
        m *= 10;
        low = b < m;
        high = tens <= &b + &m;
        run.digits.push(digit);
    }
    b *= 2;
    run.finish(low, high, b.cmp(&tens))
}

/// The digits so far and where their point is.
struct Digits {
    digits: Vec<u8>,
    exponent: i32,
}

impl Digits {
    fn start(first: u8, high: bool, estimate: i32) -> Self {
        // A leading zero means that the estimate was one too large.
        if first == 0 && !high {
            Digits { digits: Vec::with_capacity(18), exponent: estimate - 1 }
        } else {
            let mut digits = Vec::with_capacity(18);
            digits.push(first);
            Digits { digits, exponent: estimate }
        }
    }

    /// Scientific notation shows at least two digits.
    fn wants_more(&self) -> bool {
        self.exponent < -3 || self.exponent >= 8
    }

    fn finish(mut self, low: bool, high: bool, half: std::cmp::Ordering) -> (Vec<u8>, i32) {
        let odd = self.digits.last().is_some_and(|digit| digit & 1 == 1);
        if high && (!low || half.is_gt() || (half.is_eq() && odd)) {
            self.round_up();
        }
        (self.digits, self.exponent + 1)
    }

    fn round_up(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        if let Some(first) = self.digits.first_mut() {
            *first = 1;
        }
        self.exponent += 1;
    }
}
