//! Templates of a random shape: mostly sensible, with every part of the language in them.

use crate::body;
use crate::random::Random;

pub(crate) const NAMES: [&str; 10] =
    ["a", "b", "c", "list", "map", "s", "n", "item", "x-y", "nope"];

/// Loops stay short and shallow, so that no case makes the oracle work for seconds.
const MAX_LOOPS: usize = 2;

pub(crate) struct Writer<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) out: String,
    loops: usize,
    newline: &'static str,
}

/// A template.
pub(crate) fn template(random: &mut Random) -> String {
    let newline = if random.chance(10) { "\r\n" } else { "\n" };
    let mut writer = Writer { random, out: String::new(), loops: 0, newline };
    if writer.random.chance(10) {
        writer.methods();
        return writer.out;
    }
    if writer.random.chance(55) {
        writer.prelude();
    }
    let length = 1 + writer.random.below(6);
    writer.block(length, 2);
    writer.out
}

impl Writer<'_> {
    pub(crate) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(crate) fn choose(&mut self, choices: &[&'static str]) {
        let choice = self.random.pick(choices);
        self.out.push_str(choice);
    }

    /// Gives some variables a value of a known type, so that what follows has something to work on.
    fn prelude(&mut self) {
        for _ in 0..1 + self.random.below(3) {
            let (name, values): (&str, &[&str]) = match self.random.below(6) {
                0 => (
                    "list",
                    &[
                        "[1,2,3]",
                        "['a','b']",
                        "[]",
                        "[1..4]",
                        "[[1],{'a':2},'x',1.5]",
                        "$input.path('$.items')",
                    ],
                ),
                1 => (
                    "map",
                    &[
                        "{}",
                        "{'a':1,'b':'two'}",
                        "{'a':{'b':[1]},'size':3}",
                        "$input.path('$')",
                        "{$s:1}",
                    ],
                ),
                2 => (
                    "s",
                    &[
                        "'Hello, World'",
                        "\"it's\"",
                        "''",
                        "'a,b,c'",
                        "'5'",
                        "$input.body",
                        "\"n=$n\"",
                    ],
                ),
                3 => (
                    "n",
                    &[
                        "5",
                        "0",
                        "-3",
                        "2.5",
                        "2147483647",
                        "9223372036854775807",
                        "1.0e10",
                        "99999999999999999999",
                    ],
                ),
                4 => (
                    "a",
                    &["$input.path('$.a')", "true", "$nope", "'v'", "$util.parseJson($input.body)"],
                ),
                _ => ("b", &["$input.path('$.b')", "$list", "$map.a", "1 == 1", "$s"]),
            };
            let value = self.random.pick(values);
            self.push(&format!("#set(${name} = {value})"));
            self.line_end();
        }
    }

    fn line_end(&mut self) {
        match self.random.below(6) {
            0..=3 => self.push(self.newline),
            4 => self.push(" "),
            _ => {}
        }
    }

    fn block(&mut self, length: usize, depth: usize) {
        for _ in 0..length {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        match self.random.below(if depth == 0 { 60 } else { 100 }) {
            0..=20 => self.text(),
            21..=44 => self.printed(),
            45..=55 => self.set(),
            56 => self.comment(),
            57 => self.escape(),
            58 => self.oddity(),
            59 => self.choose(&[
                "#stop",
                "#{stop}",
                "#break",
                "#foo(1)",
                "#abc",
                "#[[ $a #if ]]#",
                "#macro(m $x)<$x>#end#m('y')",
            ]),
            60..=74 => self.condition(depth - 1),
            75..=91 if self.loops < MAX_LOOPS => self.foreach(depth - 1),
            92..=95 => self.define(depth - 1),
            _ => self.printed(),
        }
    }

    fn text(&mut self) {
        self.choose(&[
            " ",
            "\n",
            "  ",
            "text",
            "{\"k\": \"",
            "\"}",
            ": ",
            ",",
            "a.b",
            "[",
            "]",
            "(",
            ")",
            "{",
            "}",
            "\t",
            "-",
            "1",
            "!",
            ".",
            "'",
            "\"",
            "\\",
            "é",
            "|",
            "=",
            "\r\n",
            "\n\n",
            " \n ",
            "<x/>",
            "#",
            "# ",
            "$ ",
            "$5",
            "$$",
            "${ }",
            "#fff",
            "@",
        ]);
    }

    fn comment(&mut self) {
        let newline = self.newline;
        self.choose(&["## note", "#* block *#", "#** doc *#", "##", "#* a\nb *#", "x ## $a"]);
        self.push(newline);
    }

    fn escape(&mut self) {
        self.choose(&[
            "\\$a",
            "\\\\$a",
            "\\\\\\$a",
            "\\$nope",
            "\\$!a",
            "$\\!a",
            "\\#if",
            "\\#set($a=1)",
            "\\\\#set($a=1)",
            "\\#foo",
            "\\${a}",
            "\\#end",
            "\\\\\\#if(true)x#end",
        ]);
    }

    fn oddity(&mut self) {
        self.choose(&[
            "$a.",
            "$a.b.",
            "$a..b",
            "$a[",
            "$a[0",
            "$a[]",
            "${a",
            "${a.b",
            "$!{a}",
            "$!",
            "$a-1",
            "$!a.b()",
            "${a}b",
            "$a$b",
            "#if",
            "#end",
            "#else",
            "#set($a)",
            "#set($a=)",
            "#set($a 1)",
            "#foreach($x in)",
            "#if()",
            "$a .b",
            "#elseif(true)",
            "#set($a = $b -1)",
            "# set($a=1)",
            "${a|'x'}",
            "$a.1",
            "#set($a = {b:1})",
            "#set($a = null)",
            "#if($a == null)x#end",
            "#set($a = \"x\\\"y\")",
            "$velocityCount",
            "$foreach.count",
            "$",
            "#",
            "#set(a=1)",
            "#foreach(x in [1])#end",
            "#@a()",
            "##",
            "#*",
            "#[[",
            "#set($a = 'x)",
            "$a.b(",
            "$a.b(1",
            "$a.b(1,)",
            "$a.get( 1 )",
        ]);
    }

    fn printed(&mut self) {
        self.reference(2);
        if self.random.chance(30) {
            self.choose(&[
                " ", ".", "-", ",", "x", "[", "\"", "!", "\n", "\\", "$", "#", "(", ")", "}", ":",
            ]);
        }
    }

    fn set(&mut self) {
        self.choose(&["#set($", "#set( $", "#set ($", "#set(${", " #set($", "  #set($"]);
        let braced = self.out.ends_with('{');
        let name = self.random.pick(&NAMES[..9]);
        self.push(name);
        match self.random.below(14) {
            0 => self.choose(&[".a", ".b.c", ".size", ".new"]),
            1 => self.choose(&["['a']", "[\"k\"]", "[0]", "[$n]"]),
            _ => {}
        }
        if braced {
            self.push("}");
        }
        self.choose(&[" = ", "=", " =", "= "]);
        self.expression(2);
        self.choose(&[")", " )", ")", ") ", ")\n", " )  \n", ")\r\n"]);
    }

    fn condition(&mut self, depth: usize) {
        self.choose(&["#if(", "#if (", "#if( "]);
        self.expression(2);
        self.push(")");
        self.line_end();
        let length = self.random.below(3);
        self.block(length, depth);
        if self.random.chance(20) {
            self.choose(&["#elseif(", "#elseif ("]);
            self.expression(1);
            self.push(")");
            self.block(1, depth);
        }
        if self.random.chance(40) {
            self.choose(&["#else", "#{else}", "#else\n", "#else "]);
            self.block(1, depth);
        }
        self.end();
    }

    fn end(&mut self) {
        self.choose(&["#end", "#{end}", "#end\n", "#end ", "#{end}\n", "#end  \n"]);
    }

    fn foreach(&mut self, depth: usize) {
        self.loops += 1;
        self.choose(&[
            "#foreach($item in ",
            "#foreach( $a in ",
            "#foreach ($x-y in ",
            "#foreach($item  in ",
        ]);
        match self.random.below(8) {
            0 => self.choose(&[
                "[1..3]",
                "[3..1]",
                "[$vInt..2]",
                "[1,2,3]",
                "['a',2.5,$nope]",
                "{'a':1,'b':2}",
            ]),
            1 => self.choose(&[
                "$map.keySet()",
                "$map.entrySet()",
                "$map.values()",
                "$s.split(',')",
                "$input.params().keySet()",
            ]),
            2 | 3 => self.choose(&[
                "$list",
                "$map",
                "$a",
                "$input.path('$')",
                "$input.path('$.items')",
                "$input.path('$..a')",
            ]),
            4 => {
                self.push("$input.path('");
                let path = body::path(self.random).replace('\'', "''");
                self.push(&path);
                self.push("')");
            }
            _ => self.operand(1),
        }
        self.push(")");
        self.line_end();
        let length = 1 + self.random.below(3);
        for _ in 0..length {
            if self.random.chance(35) {
                self.choose(&[
                    "$item",
                    "$foreach.count",
                    "$foreach.index",
                    "#if($foreach.hasNext),#end",
                    "$velocityCount",
                    "$foreach.first",
                    "$foreach.last",
                    "$item.a",
                    "$item.key=$item.value",
                    "#break",
                    "$foreach.parent.count",
                    "$velocityHasNext",
                    "#if($foreach.count == 2)#break#end",
                    "$foreach.topmost.index",
                    "$item.b.c",
                    "#set($n = $n + 1)",
                    "$!item",
                    "$foreach.parent",
                    "#stop",
                ]);
            } else {
                self.statement(depth);
            }
        }
        self.end();
        self.loops -= 1;
    }

    fn define(&mut self, depth: usize) {
        self.choose(&["#define($d)", "#define( $d )", "#define($a)", "#define($d)\n"]);
        self.block(1, depth);
        self.end();
        self.choose(&[
            "$d",
            "$d.length()",
            "#if($d == 'x')y#end",
            "\n$d\n",
            "#set($s = \"$d\")$s",
            "$a",
        ]);
    }
}
