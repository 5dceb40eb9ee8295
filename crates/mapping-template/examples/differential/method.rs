//! Calls of all methods that Java's classes have here, with arguments that fit, and some that do not.

use crate::template::Writer;

/// Values that the calls below are made on and given.
const SETUP: &str = "\
#set($text = 'a b')#set($unit = $text.charAt(0))#set($blank = $text.charAt(1))\
#set($units = $text.toCharArray())#set($long = 9223372036854775807)#set($big = $long + 1)\
#set($negative = 0 - $big)#set($square = $big * $big)#set($twelve = $big - $big + 12)\
#set($lines = '  a
    b
   c')#set($l = ['x', 'y'])#set($m = {'a': 1, 'b': 'a', 'l': [1, 'a']})";

/// A class: values of it, and its methods, each with a letter for what a parameter takes.
type Class = (&'static [&'static str], &'static str);

const STRING: Class = (
    TEXTS,
    "charAt(i) compare(ss) codePointAt(i) codePointBefore(i) codePointCount(ii) compareTo(s) \
     compareToIgnoreCase(s) concat(s) contains(s) contentEquals(s) copyValueOf(u) \
     copyValueOf(uii) endsWith(s) equals(o) equalsIgnoreCase(s) format(so) formatted(o) \
     getBytes(s) indent(n) indexOf(i) indexOf(ii) indexOf(s) indexOf(si) isBlank() join(so) \
     join(sss) lastIndexOf(i) lastIndexOf(ii) lastIndexOf(s) lastIndexOf(si) matches(s) \
     offsetByCodePoints(ii) regionMatches(isii) regionMatches(tisii) repeat(n) replace(cc) \
     replace(ss) startsWith(si) strip() stripIndent() stripLeading() stripTrailing() \
     subSequence(nn) substring(n) substring(nn) toLowerCase() toUpperCase() \
     translateEscapes() trim() valueOf(o) valueOf(u) valueOf(uii)",
);

const INTEGER: Class = (
    INTEGERS,
    "bitCount(i) byteValue() compare(ii) compareTo(i) compareUnsigned(ii) decode(s) \
     divideUnsigned(ii) equals(o) getInteger(s) getInteger(si) highestOneBit(i) \
     lowestOneBit(i) max(ii) numberOfLeadingZeros(i) numberOfTrailingZeros(i) parseInt(s) \
     parseInt(si) parseInt(snni) parseUnsignedInt(s) parseUnsignedInt(si) \
     parseUnsignedInt(snni) remainderUnsigned(ii) reverse(i) reverseBytes(i) rotateLeft(ii) \
     rotateRight(ii) shortValue() signum(i) sum(ii) toBinaryString(i) toHexString(i) \
     toOctalString(i) toString(ii) toUnsignedLong(i) toUnsignedString(i) toUnsignedString(ii)",
);

const LONG: Class = (
    LONGS,
    "bitCount(l) compareUnsigned(ll) divideUnsigned(ll) getLong(sl) highestOneBit(l) \
     intValue() lowestOneBit(l) numberOfLeadingZeros(l) numberOfTrailingZeros(l) \
     parseLong(si) parseLong(snni) parseUnsignedLong(s) parseUnsignedLong(si) \
     parseUnsignedLong(snni) remainderUnsigned(ll) reverse(l) reverseBytes(l) rotateLeft(li) \
     rotateRight(li) signum(l) sum(ll) toHexString(l) toString(li) toUnsignedString(l) \
     toUnsignedString(li)",
);

const DOUBLE: Class = (
    DOUBLES,
    "compare(dd) compareTo(d) doubleToLongBits(d) doubleToRawLongBits(d) isFinite(d) \
     longBitsToDouble(l) max(dd) parseDouble(s) toHexString(d) toString(d)",
);

const CHARACTER: Class = (
    UNITS,
    "charCount(i) codePointAt(si) codePointBefore(si) codePointCount(sii) compare(cc) \
     digit(ci) digit(ii) forDigit(ii) getNumericValue(c) isBmpCodePoint(i) isDigit(c) \
     isISOControl(i) isLetterOrDigit(c) isSpace(c) isSpaceChar(c) isSpaceChar(i) \
     isSupplementaryCodePoint(i) isSurrogate(c) isSurrogatePair(cc) isUpperCase(c) \
     isValidCodePoint(i) isWhitespace(c) offsetByCodePoints(sii) toCodePoint(cc) \
     toUpperCase(c)",
);

const BIG_INTEGER: Class = (
    BIGS,
    "abs() add(b) and(b) andNot(b) bitCount() bitLength() byteValueExact() clearBit(i) \
     compareTo(b) divide(b) flipBit(i) gcd(b) getLowestSetBit() intValueExact() \
     longValueExact() mod(b) modInverse(b) modPow(bb) multiply(b) negate() not() or(b) pow(n) \
     remainder(b) setBit(i) shiftLeft(i) shiftRight(i) shortValueExact() sqrt() subtract(b) \
     testBit(i) toString(i) xor(b)",
);

const LIST: Class = (
    &["[1, 'a', 2.5]", "['b', 'a', 'b']", "[]", "$m.l", "$text.split(' ')", "$l.subList(0, 2)"],
    "add(no) add(o) addAll(no) addAll(o) clear() contains(o) containsAll(o) equals(o) get(n) \
     indexOf(o) lastIndexOf(o) remove(n) remove(o) removeAll(o) retainAll(o) set(no) size() \
     sort(o) subList(nn)",
);

const LIST_ITERATOR: Class = (
    &["$l.listIterator()", "$l.listIterator(1)", "$l.listIterator(2)", "$l.listIterator(3)"],
    "hasNext() hasPrevious() next() nextIndex() previous() previousIndex()",
);

const MAP: Class = (
    &["$m", "{'a': 1}", "{}"],
    "clear() containsKey(o) containsValue(o) entrySet() equals(o) get(o) getOrDefault(oo) \
     keySet() put(oo) putAll(o) putIfAbsent(oo) remove(o) remove(oo) replace(oo) replace(ooo) \
     values()",
);

const VIEW: Class = (
    &["$m.keySet()", "$m.values()", "$m.entrySet()"],
    "add(o) addAll(o) clear() contains(o) containsAll(o) equals(o) isEmpty() remove(o) \
     removeAll(o) retainAll(o) size()",
);

const CLASSES: [&Class; 10] = [
    &STRING,
    &INTEGER,
    &LONG,
    &DOUBLE,
    &CHARACTER,
    &BIG_INTEGER,
    &LIST,
    &LIST_ITERATOR,
    &MAP,
    &VIEW,
];

const TEXTS: &[&str] = &[
    "''",
    "'a'",
    "'abc'",
    "'aXbc é'",
    "'12'",
    "'-7'",
    "'+7'",
    "'ff'",
    "'ZZ'",
    "'99999999999'",
    "'18446744073709551615'",
    "'4294967295'",
    "'UTF-8'",
    "'utf-16'",
    "'ISO-8859-1'",
    "'ascii'",
    "'UTF-16LE'",
    "'nope'",
    "' x '",
    "'A'",
    "'\\t\\101\\q'",
    "'\\s\\\\x'",
    "'\\0'",
    "'\\377\\400'",
    "$lines",
];
const INTEGERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "-1",
    "-2",
    "7",
    "16",
    "31",
    "32",
    "33",
    "36",
    "37",
    "64",
    "2147483647",
    "-2147483648",
    "128512",
    "65536",
    "55357",
    "1114111",
    "1114112",
];
const PLACES: &[&str] = &["0", "1", "2", "3", "4", "-1"];
const LONGS: &[&str] =
    &["3000000000", "-3000000000", "$long", "-9223372036854775807", "4294967296", "1", "0", "-1"];
const DOUBLES: &[&str] = &["1.5", "-0.5", "0.0", "1e300", "123456789.125", "2", "$long"];
const BIGS: &[&str] = &["$big", "$negative", "$square", "$twelve"];
const UNITS: &[&str] = &["$unit", "$blank"];
const TRUTHS: &[&str] = &["true", "false"];
const OBJECTS: &[&str] = &[
    "'a'",
    "1",
    "[1, 'a']",
    "[]",
    "{'a': 1}",
    "$m",
    "$l",
    "$nope",
    "2.5",
    "true",
    "$unit",
    "$m.keySet()",
    "$m.values()",
];

impl Writer<'_> {
    /// Calls methods of one value, and shows what is left of it.
    pub(crate) fn methods(&mut self) {
        let (values, methods) = self.random.pick(&CLASSES);
        let methods: Vec<&str> = methods.split(' ').collect();
        self.push(SETUP);
        self.push("#set($v = ");
        self.choose(values);
        self.push(")");
        for _ in 0..1 + self.random.below(3) {
            let method = self.random.pick(&methods);
            let (name, parameters) = method.split_once('(').unwrap_or((method, ""));
            self.push(&format!("[$v.{name}("));
            self.arguments(parameters.trim_end_matches(')'));
            self.push(")]");
        }
        self.push("|$v|$m");
    }

    fn arguments(&mut self, parameters: &str) {
        for (at, parameter) in parameters.chars().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            let fits = self.random.chance(93);
            let parameter = if fits { parameter } else { self.random.pick(&['s', 'i', 'b', 'o']) };
            self.choose(match parameter {
                's' => TEXTS,
                'i' => INTEGERS,
                'n' => PLACES,
                'l' => LONGS,
                'd' => DOUBLES,
                'b' => BIGS,
                'c' => UNITS,
                'u' => &["$units"],
                't' => TRUTHS,
                _ => OBJECTS,
            });
        }
    }
}
