//! Expressions and strings.

use crate::template::Writer;

impl Writer<'_> {
    /// What may stand as an argument or an element: anything without an operator, and rarely
    /// something with one, which is a mistake there.
    pub(crate) fn operand(&mut self, depth: usize) {
        if depth > 0 && self.random.chance(3) {
            self.expression(depth);
            return;
        }
        match self.random.below(16) {
            14 if depth > 0 => {
                self.push("[");
                self.operand(depth - 1);
                self.push(", ");
                self.operand(depth - 1);
                self.push("]");
            }
            15 if depth > 0 => {
                self.push("{'k' : ");
                self.operand(depth - 1);
                self.push("}");
            }
            _ => self.simple(depth),
        }
    }

    pub(crate) fn expression(&mut self, depth: usize) {
        match self.random.below(if depth == 0 { 14 } else { 30 }) {
            0..=13 => self.simple(depth),
            14..=24 => {
                self.expression(depth - 1);
                self.choose(&[
                    " + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " > ", " <= ",
                    " >= ", " && ", " || ", " eq ", " ne ", " lt ", " gt ", " and ", " or ", "+",
                    "==", "*", " - ", " + ", " le ", " ge ", "-", "&&",
                ]);
                self.expression(depth - 1);
            }
            25 | 26 => {
                self.choose(&["!", "not ", "! "]);
                self.expression(depth - 1);
            }
            27 | 28 => {
                self.choose(&["(", "( "]);
                self.expression(depth - 1);
                self.push(")");
            }
            _ => self.operand(depth - 1),
        }
    }

    fn simple(&mut self, depth: usize) {
        match self.random.below(14) {
            0..=3 => self.reference(depth.saturating_sub(1)),
            4 | 5 => self.choose(&[
                "0",
                "1",
                "2",
                "7",
                "10",
                "-1",
                "-5",
                "2147483647",
                "4294967296",
                "9223372036854775807",
                "99999999999999999999",
                "010",
            ]),
            6 => self.choose(&[
                "1.5",
                "0.5",
                ".5",
                "1.0",
                "3.14",
                "1e3",
                "1.5E-2",
                "1e10",
                "0.0001",
                "123456789.0",
                "-2.5",
                "100.0",
            ]),
            7 => self.choose(&["true", "false"]),
            8 | 9 => self.choose(&[
                "'x'",
                "''",
                "'it''s'",
                "'a b'",
                "'$a'",
                "'5'",
                "'#if'",
                "'é'",
                "'\\n'",
                "'{\"a\":1}'",
                "'a,b'",
                "'\\u0041'",
                "'1.5'",
            ]),
            10 | 11 => self.string(depth),
            12 => self.choose(&[
                "[]",
                "[1,2]",
                "['a','b','c']",
                "[1..3]",
                "[3..1]",
                "[$vInt..5]",
                "[ 1 , 'x' ]",
                "[[1],[2]]",
                "[1 .. 3]",
            ]),
            _ => self.choose(&[
                "{}",
                "{'a':1}",
                "{\"b\" : \"two\", 'c':[1]}",
                "{'a':{'b':1}}",
                "{$s:$n}",
                "{'x-y':true,'a b':2.5}",
            ]),
        }
    }

    /// A string in double quotes. Its content must not hold one, so parts that do are cut out.
    fn string(&mut self, depth: usize) {
        let start = self.out.len();
        for _ in 0..self.random.below(4) {
            match self.random.below(8) {
                0..=2 => self.reference(depth.saturating_sub(1)),
                3 => self.choose(&[
                    "#if($a)T#end",
                    "#foreach($i in [1,2])$i#end",
                    "##",
                    "#set($q=1)",
                    "#foo",
                    "\\$a",
                    "\\\\$a",
                    "#if(true)x#{else}y#end",
                ]),
                _ => self.choose(&[
                    "x", " ", "it's", "\\n", "\\u0041", "$", "-", "{", "}", "/", "é", ": ", "\n",
                    "\\", "a.b", "#", "$5", "[0]",
                ]),
            }
        }
        let content = self
            .out
            .split_off(start)
            .replace('"', if self.random.chance(70) { "" } else { "\"\"" });
        self.push("\"");
        self.push(&content);
        self.push("\"");
    }
}
