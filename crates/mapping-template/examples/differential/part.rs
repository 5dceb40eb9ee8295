//! References: properties, indexes and method calls, some of which nothing has.

use crate::template::Writer;

impl Writer<'_> {
    pub(crate) fn part(&mut self, depth: usize) {
        let reference = self.out.rfind('$').map_or("", |at| &self.out[at..]);
        if reference.contains(".split(") && reference.ends_with(')') {
            // What an array prints is its identity, about which nothing can be said.
            self.choose(&["[0]", ".size()", ".get(0)", ".isEmpty()", ".contains('a')", ""]);
            return;
        }
        let of_the_host = reference.contains("context");
        match self.random.below(14) {
            0..=4 => {
                self.push(".");
                self.choose(&[
                    "a", "b", "c", "id", "name", "items", "size", "x-y", "length", "empty", "A",
                    "key", "value",
                ]);
            }
            5 => self.choose(&[
                "[0]", "[1]", "['a']", "[\"b\"]", "[-1]", "[$n]", "[ 0 ]", "[$nope]", "['size']",
                "[9]",
            ]),
            6..=9 => self.text_method(depth),
            10 => self.choose(&[
                ".size()",
                ".get(0)",
                ".get('a')",
                ".isEmpty()",
                ".keySet()",
                ".values()",
                ".entrySet()",
                ".containsKey('a')",
                ".put('k',$s)",
                ".add($n)",
                ".add('x')",
                ".remove('a')",
                ".remove(0)",
                ".contains(1)",
                ".indexOf('a')",
                ".toString()",
                ".get($n)",
                ".subList(0,1)",
                ".putAll($map)",
                ".addAll($list)",
                ".set(0,'y')",
                ".clear()",
                ".containsValue(1)",
                ".get(\"a\")",
                ".keySet().size()",
                ".add(0,'z')",
                ".contains('a')",
                ".lastIndexOf('a')",
                ".iterator().next()",
                ".equals($list)",
                ".hashCode()",
                ".removeAll($list)",
                ".containsAll($list)",
                ".put('a',null)",
                ".toArray()",
                ".getOrDefault('q',1)",
                ".putIfAbsent('a',2)",
                ".isEmpty().toString()",
            ]),
            11 => self.choose(&[
                ".intValue()",
                ".doubleValue()",
                ".longValue()",
                ".parseInt('7')",
                ".parseInt($s)",
                ".toString().length()",
                ".compareTo(1)",
                ".equals(5)",
                ".floatValue()",
                ".parseDouble('1.5')",
                ".valueOf('3')",
                ".hashCode()",
                ".toHexString(255)",
                ".MAX_VALUE",
                ".isNaN()",
                ".parseLong('12')",
                ".booleanValue()",
                ".abs()",
                ".negate()",
                ".add($n)",
                ".shortValue()",
                ".toBinaryString(5)",
            ]),
            12 if !of_the_host => self.choose(&[
                ".class",
                ".class.name",
                ".getClass().getName()",
                ".foo()",
                ".bar",
                ".Foo",
                ".class.simpleName",
            ]),
            _ => {}
        }
    }

    fn text_method(&mut self, depth: usize) {
        if depth > 0 && self.random.chance(10) {
            self.choose(&[
                ".concat(",
                ".equals(",
                ".contains(",
                ".indexOf(",
                ".replace('a',",
                ".startsWith(",
                ".get(",
                ".put('k',",
                ".add(",
                ".substring(",
            ]);
            self.operand(depth - 1);
            self.push(")");
            return;
        }
        self.choose(&[
            ".length()",
            ".toUpperCase()",
            ".toLowerCase()",
            ".trim()",
            ".substring(1)",
            ".substring(0,2)",
            ".substring(9)",
            ".replace('a','b')",
            ".replaceAll('[aeiou]','*')",
            ".replaceAll(\"\\\\'\",\"'\")",
            ".split(',')",
            ".split(',').size()",
            ".indexOf('o')",
            ".contains('e')",
            ".startsWith('H')",
            ".endsWith('d')",
            ".equals('x')",
            ".equalsIgnoreCase('HELLO, WORLD')",
            ".charAt(0)",
            ".isEmpty()",
            ".concat('!')",
            ".matches('[a-z]+')",
            ".replaceFirst('l+','L')",
            ".lastIndexOf('o')",
            ".compareTo('b')",
            ".hashCode()",
            ".toString()",
            ".split(',')[0]",
            ".replaceAll('(\\w)(\\w)','$2$1')",
            ".split('')",
            ".split(',',2)",
            ".codePointAt(0)",
            ".indexOf('o',5)",
            ".format('%05d',42)",
            ".valueOf(5)",
            ".replace(\"'\",'\"')",
            ".repeat(2)",
            ".strip()",
            ".isBlank()",
            ".toCharArray().size()",
            ".split('\\s*,\\s*')",
            ".regionMatches(0,'He',0,2)",
            ".replaceAll('(?<=l)l','_')",
            ".replaceAll('^|$','|')",
            ".length(1)",
            ".substring('x')",
            ".charAt(99)",
            ".replaceAll('(','x')",
            ".intern()",
            ".contentEquals('x')",
            ".compareToIgnoreCase('HELLO')",
            ".format('%s-%d-%x','a',1,255)",
            ".join('-',['a','b'])",
        ]);
    }
}
