//! `String.format`: Java's format strings, in the root locale, without dates.

use num_bigint::{BigInt, Sign};

use super::class;
use crate::decimal::Decimal;
use crate::double;
use crate::equality;
use crate::error::Fault;
use crate::eval::math::{double_value, long_value};
use crate::limits::Meter;
use crate::value::Value;

/// One `%` of a format string.
#[derive(Default)]
struct Specifier<'f> {
    source: &'f str,
    index: Option<usize>,
    /// `<`: the argument of the specifier before.
    again: bool,
    flags: &'f str,
    width: Option<usize>,
    precision: Option<usize>,
    conversion: char,
}

/// Wider fields than this are refused; Java would run out of memory first.
const WIDEST: usize = 1 << 20;

pub(super) fn format(pattern: &str, values: &[Value], meter: &Meter) -> Result<String, Fault> {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    let (mut next, mut last) = (0, None);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let spec = specifier(&rest[at..])?;
        rest = &rest[at + spec.source.len()..];
        match spec.conversion {
            '%' => out.push_str(&spec.padded("%".to_owned())?),
            'n' => out.push('\n'),
            _ => {
                let index = match (spec.again, spec.index) {
                    (true, _) => last,
                    (false, Some(index)) => index.checked_sub(1),
                    (false, None) => {
                        next += 1;
                        Some(next - 1)
                    }
                };
                let value = index.and_then(|index| values.get(index)).ok_or_else(|| {
                    let message = format!("Format specifier '{}'", spec.source);
                    Fault::thrown("MissingFormatArgumentException", message)
                })?;
                last = index;
                meter.allocate(spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0)))?;
                out.push_str(&spec.formatted(value, meter)?);
            }
        }
    }
    out.push_str(rest);
    meter.allocate(out.len())?;
    Ok(out)
}

/// Reads `%[index$][flags][width][.precision]conversion`.
fn specifier(text: &str) -> Result<Specifier<'_>, Fault> {
    let unknown = || {
        let c = text[1..].chars().next().map_or_else(|| "%".to_owned(), String::from);
        Fault::thrown("UnknownFormatConversionException", format!("Conversion = '{c}'"))
    };
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = |from: usize, to: usize| {
        text[from..to].parse::<usize>().ok().filter(|number| *number <= WIDEST)
    };
    let mut spec = Specifier::default();
    let mut at = 1;
    let count = digits(at);
    if count > 0 && bytes.get(at + count) == Some(&b'$') && bytes[at] != b'0' {
        spec.index = Some(number(at, at + count).ok_or_else(unknown)?);
        at += count + 1;
    } else if bytes.get(at) == Some(&b'<') {
        spec.again = true;
        at += 1;
    }
    let flags = bytes[at..].iter().take_while(|byte| b"-#+ 0,(".contains(byte)).count();
    spec.flags = &text[at..at + flags];
    at += flags;
    let count = digits(at);
    if count > 0 {
        spec.width = Some(number(at, at + count).ok_or_else(unknown)?);
        at += count;
    }
    if bytes.get(at) == Some(&b'.') {
        let count = digits(at + 1);
        if count == 0 {
            return Err(Fault::thrown("UnknownFormatConversionException", "Conversion = '.'"));
        }
        spec.precision = Some(number(at + 1, at + 1 + count).ok_or_else(unknown)?);
        at += 1 + count;
    }
    spec.conversion = text[at..].chars().next().ok_or_else(unknown)?;
    if !spec.conversion.is_ascii_alphabetic() && spec.conversion != '%' {
        return Err(unknown());
    }
    spec.source = &text[..at + 1];
    for (place, flag) in spec.flags.char_indices() {
        if spec.flags[..place].contains(flag) {
            return Err(Fault::thrown(
                "DuplicateFormatFlagsException",
                format!("Flags = '{flag}'"),
            ));
        }
    }
    Ok(spec)
}

impl Specifier<'_> {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    /// Fails if one of some flags stands in front of a conversion that has no use for it.
    fn refuse(&self, conversion: char, flags: &str) -> Result<(), Fault> {
        match flags.chars().find(|flag| self.has(*flag)) {
            Some(flag) => Err(Fault::thrown(
                "FormatFlagsConversionMismatchException",
                format!("Conversion = {conversion}, Flags = {flag}"),
            )),
            None => Ok(()),
        }
    }

    fn formatted(&self, value: &Value, meter: &Meter) -> Result<String, Fault> {
        let lower = self.conversion.to_ascii_lowercase();
        if matches!(lower, 'b' | 's' | 'h' | 'c') {
            self.refuse(lower, "#+ 0,(")?;
        }
        let text = match lower {
            'b' => self.cut(match value {
                Value::Null => "false".to_owned(),
                Value::Bool(truth) => truth.to_string(),
                _ => "true".to_owned(),
            }),
            's' => self.cut(value.to_text(meter)?.to_string()),
            'h' if value.is_null() => self.cut("null".to_owned()),
            'h' => self.cut(format!("{:x}", equality::hash_code(value, meter)?)),
            'c' => match value {
                Value::Null => "null".to_owned(),
                Value::Char(_) => value.to_text(meter)?.to_string(),
                _ => {
                    let code = value.as_int().ok_or_else(|| self.mismatch(value))?;
                    match u32::try_from(code).ok().and_then(char::from_u32) {
                        Some(c) => c.to_string(),
                        None => {
                            return Err(Fault::thrown(
                                "IllegalFormatCodePointException",
                                format!("Code point = 0x{code:x}"),
                            ));
                        }
                    }
                }
            },
            'd' | 'o' | 'x' | 'e' | 'f' | 'g' => {
                return self.number(lower, value).map(|text| self.cased(text));
            }
            _ => {
                let message = format!("Conversion = '{}'", self.conversion);
                return Err(Fault::thrown("UnknownFormatConversionException", message));
            }
        };
        self.padded(self.cased(text))
    }

    /// An upper-case conversion gives upper-case text.
    fn cased(&self, text: String) -> String {
        if self.conversion.is_ascii_uppercase() { text.to_uppercase() } else { text }
    }

    fn cut(&self, text: String) -> String {
        match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        }
    }

    fn padded(&self, text: String) -> Result<String, Fault> {
        let Some(width) = self.width else {
            if self.has('-') {
                return Err(Fault::thrown("MissingFormatWidthException", self.source));
            }
            return Ok(text);
        };
        let fill = " ".repeat(width.saturating_sub(super::text::length(&text)));
        Ok(if self.has('-') { text + &fill } else { fill + &text })
    }

    fn mismatch(&self, value: &Value) -> Fault {
        let message = format!("{} != {}", self.conversion, class::class_name(value));
        Fault::thrown("IllegalFormatConversionException", message)
    }

    fn number(&self, conversion: char, value: &Value) -> Result<String, Fault> {
        if value.is_null() {
            return self.padded("null".to_owned());
        }
        if matches!(conversion, 'd' | 'o' | 'x') {
            if let Some(precision) = self.precision {
                return Err(Fault::thrown(
                    "IllegalFormatPrecisionException",
                    precision.to_string(),
                ));
            }
            return self.whole(conversion, value);
        }
        let decimal = match value {
            Value::Float(d) if !d.is_finite() => {
                return self.number(conversion, &Value::Double(f64::from(*d)));
            }
            Value::Float(d) => Digits::of_float(*d),
            Value::Double(d) if d.is_nan() => return self.padded("NaN".to_owned()),
            Value::Double(d) if d.is_infinite() => {
                let sign = if *d < 0.0 {
                    "-"
                } else if self.has('+') {
                    "+"
                } else {
                    ""
                };
                return self.padded(format!("{sign}Infinity"));
            }
            Value::Double(d) => Digits::of_double(*d),
            Value::Decimal(d) => Digits::of_decimal(d),
            _ => return Err(self.mismatch(value)),
        };
        let negative = double_value(value).is_some_and(f64::is_sign_negative);
        let precision = self.precision.unwrap_or(6);
        let text = match conversion {
            'f' => decimal.fixed(precision),
            'e' => decimal.scientific(precision),
            _ => decimal.general(precision.max(1)),
        };
        self.signed(negative, text)
    }

    fn whole(&self, conversion: char, value: &Value) -> Result<String, Fault> {
        let big = match value {
            Value::BigInt(i) => (**i).clone(),
            Value::Byte(_) | Value::Short(_) | Value::Int(_) | Value::Long(_) => {
                BigInt::from(long_value(value).unwrap_or_default())
            }
            _ => return Err(self.mismatch(value)),
        };
        if conversion == 'd' {
            return self.signed(big.sign() == Sign::Minus, big.magnitude().to_string());
        }
        // A sign in front of other digits than decimal ones is for `BigInteger` alone.
        let refused = if matches!(value, Value::BigInt(_)) { "," } else { ",+( " };
        self.refuse(conversion, refused)?;
        let radix = if conversion == 'x' { 16 } else { 8 };
        let (negative, magnitude) = match (value, big.sign()) {
            // A narrow negative number shows its two's complement.
            (Value::Byte(i), Sign::Minus) => (false, BigInt::from(*i as u8)),
            (Value::Short(i), Sign::Minus) => (false, BigInt::from(*i as u16)),
            (Value::Int(i), Sign::Minus) => (false, BigInt::from(*i as u32)),
            (Value::Long(i), Sign::Minus) => (false, BigInt::from(*i as u64)),
            (_, sign) => (sign == Sign::Minus, BigInt::from(big.magnitude().clone())),
        };
        let prefix = match (self.has('#'), conversion) {
            (true, 'x') => "0x",
            (true, _) => "0",
            _ => "",
        };
        self.signed(negative, format!("{prefix}{}", magnitude.to_str_radix(radix)))
    }

    /// Adds grouping, sign and zeros to a number without sign.
    fn signed(&self, negative: bool, mut text: String) -> Result<String, Fault> {
        if self.has(',') {
            let end = text.find(['.', 'e']).unwrap_or(text.len());
            for at in (1..end).rev().filter(|at| (end - at).is_multiple_of(3)) {
                text.insert(at, ',');
            }
        }
        let (before, after) = match (negative, self.has('(')) {
            (true, true) => ("(", ")"),
            (true, false) => ("-", ""),
            (false, _) if self.has('+') => ("+", ""),
            (false, _) if self.has(' ') => (" ", ""),
            _ => ("", ""),
        };
        let zeros = match self.width {
            Some(width) if self.has('0') => {
                width.saturating_sub(before.len() + text.len() + after.len())
            }
            _ if self.has('0') => {
                return Err(Fault::thrown("MissingFormatWidthException", self.source));
            }
            _ => 0,
        };
        self.padded(format!("{before}{}{text}{after}", "0".repeat(zeros)))
    }
}

/// Decimal digits: `0.digits * 10^exponent`.
struct Digits {
    digits: Vec<u8>,
    exponent: i32,
}

impl Digits {
    fn of_double(value: f64) -> Self {
        if value == 0.0 {
            return Digits { digits: Vec::new(), exponent: 0 };
        }
        let (digits, exponent) = double::decimal_digits(value.abs());
        Digits { digits, exponent }
    }

    fn of_float(value: f32) -> Self {
        // Java formats the digits that `toString()` shows, of doubles, and of floats the exact ones.
        Digits::of_double(f64::from(value))
    }

    fn of_decimal(value: &Decimal) -> Self {
        let (digits, exponent) = value.digits();
        Digits { digits, exponent }
    }

    /// Keeps `count` digits, halves rounded up.
    fn rounded(&self, count: i32) -> Digits {
        let mut digits = self.digits.clone();
        let mut exponent = self.exponent;
        let Ok(count) = usize::try_from(count) else {
            return Digits { digits: Vec::new(), exponent: 0 };
        };
        if count < digits.len() {
            let up = digits[count] >= 5;
            digits.truncate(count);
            if up {
                let mut at = count;
                while at > 0 && digits[at - 1] == 9 {
                    digits[at - 1] = 0;
                    at -= 1;
                }
                if at > 0 {
                    digits[at - 1] += 1;
                } else {
                    digits.insert(0, 1);
                    exponent += 1;
                }
            }
        }
        Digits { digits, exponent }
    }

    fn digit(&self, at: i32) -> char {
        let digit =
            usize::try_from(at).ok().and_then(|at| self.digits.get(at)).copied().unwrap_or(0);
        char::from(b'0' + digit)
    }

    fn fixed(&self, precision: usize) -> String {
        let rounded = self.rounded(self.exponent.saturating_add(precision as i32));
        let mut text: String = if rounded.exponent <= 0 {
            "0".to_owned()
        } else {
            (0..rounded.exponent).map(|at| rounded.digit(at)).collect()
        };
        if precision > 0 {
            text.push('.');
            text.extend((0..precision as i32).map(|at| rounded.digit(rounded.exponent + at)));
        }
        text
    }

    fn scientific(&self, precision: usize) -> String {
        let rounded = self.rounded(precision as i32 + 1);
        let mut text = rounded.digit(0).to_string();
        if precision > 0 {
            text.push('.');
            text.extend((1..=precision as i32).map(|at| rounded.digit(at)));
        }
        let exponent = if rounded.digits.is_empty() { 0 } else { rounded.exponent - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{text}e{sign}{:02}", exponent.abs())
    }

    fn general(&self, precision: usize) -> String {
        let rounded = self.rounded(precision as i32);
        let exponent = rounded.exponent - 1;
        if rounded.digits.is_empty() {
            return self.fixed(precision - 1);
        }
        if exponent >= -4 && exponent < precision as i32 {
            rounded.fixed((precision as i32 - rounded.exponent) as usize)
        } else {
            rounded.scientific(precision - 1)
        }
    }
}
